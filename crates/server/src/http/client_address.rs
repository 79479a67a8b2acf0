//! Determines a client's address behind trusted proxies.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};

use crate::http::address_list::{AddressList, AddressListError};

const X_FORWARDED_FOR: &str = "x-forwarded-for";
/// The number of proxies that are looked through.
const MAX_HOPS: usize = 16;

/// The networks of proxies whose `X-Forwarded-For` and `Forwarded` headers are believed. There are none by
/// default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrustedProxies(AddressList);

impl TrustedProxies {
    /// Parses a list of addresses and networks in CIDR notation, separated by commas.
    ///
    /// # Errors
    /// Returns [`AddressListError`] if an entry is neither.
    pub fn parse(list: &str) -> Result<Self, AddressListError> {
        AddressList::parse(list).map(Self)
    }

    pub(crate) fn contains(&self, address: IpAddr) -> bool {
        self.0.contains(address)
    }
}

/// Returns the client's address, or `None` if the server does not know its peers.
pub(crate) fn client_address(proxies: &TrustedProxies, parts: &Parts) -> Option<IpAddr> {
    let ConnectInfo(peer) = parts.extensions.get::<ConnectInfo<SocketAddr>>()?;
    Some(client_behind_proxies(
        proxies,
        peer.ip().to_canonical(),
        &parts.headers,
    ))
}

/// Returns the last address that a trusted proxy reports.
///
/// If both headers are present and disagree, the client may have written one of them. Then the proxy's own
/// address is returned.
fn client_behind_proxies(proxies: &TrustedProxies, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    let by_x_forwarded_for = walk(proxies, peer, headers, X_FORWARDED_FOR, plain_address);
    let by_forwarded = walk(
        proxies,
        peer,
        headers,
        header::FORWARDED.as_str(),
        forwarded_address,
    );
    match (by_x_forwarded_for, by_forwarded) {
        (Some(one), Some(other)) if one != other => peer,
        (Some(address), _) | (None, Some(address)) => address,
        (None, None) => peer,
    }
}

/// Goes from the nearest hop to the farthest, as long as each is trusted. Returns `None` without the header.
fn walk(
    proxies: &TrustedProxies,
    peer: IpAddr,
    headers: &HeaderMap,
    name: &str,
    read: fn(&str) -> Option<IpAddr>,
) -> Option<IpAddr> {
    if !headers.contains_key(name) {
        return None;
    }
    let values: Vec<&[u8]> = headers
        .get_all(name)
        .iter()
        .map(HeaderValue::as_bytes)
        .collect();
    let mut hops = values
        .iter()
        .rev()
        .flat_map(|value| value.rsplit(|byte| *byte == b','))
        .map(|hop| std::str::from_utf8(hop).ok().and_then(read))
        .take(MAX_HOPS);
    let mut address = peer;
    while proxies.contains(address) {
        match hops.next() {
            Some(Some(hop)) => address = hop,
            Some(None) | None => break,
        }
    }
    Some(address)
}

/// Parses an address with or without a port.
fn plain_address(text: &str) -> Option<IpAddr> {
    let text = text.trim();
    let bracketed = text
        .strip_prefix('[')
        .and_then(|rest| rest.split(']').next());
    let address = text
        .parse::<IpAddr>()
        .ok()
        .or_else(|| Some(text.parse::<SocketAddr>().ok()?.ip()))
        .or_else(|| bracketed?.parse().ok())?;
    Some(address.to_canonical())
}

/// Parses the address in `for=…` of one element of `Forwarded`. Source: RFC 7239, sections 4 and 6.
fn forwarded_address(element: &str) -> Option<IpAddr> {
    let mut pairs = element.split(';').filter_map(|pair| pair.split_once('='));
    let (_, node) = pairs.find(|(name, _)| name.trim().eq_ignore_ascii_case("for"))?;
    plain_address(node.trim().trim_matches('"'))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the client's address for this peer and these headers; 10/8 and fd00::/8 are trusted.
    #[track_caller]
    fn client(peer: &str, headers: &[(&'static str, &str)]) -> String {
        let proxies = TrustedProxies::parse("10.0.0.0/8, fd00::/8").unwrap();
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        let peer: IpAddr = peer.parse().unwrap();
        client_behind_proxies(&proxies, peer.to_canonical(), &map).to_string()
    }

    #[test]
    fn a_client_that_is_no_proxy_is_not_believed() {
        let spoofed = [
            (X_FORWARDED_FOR, "198.51.100.1"),
            ("forwarded", "for=198.51.100.1"),
        ];
        assert_eq!(client("203.0.113.9", &spoofed), "203.0.113.9");
        assert_eq!(client("203.0.113.9", &[]), "203.0.113.9");
    }

    #[test]
    fn the_nearest_address_that_is_not_trusted_is_the_clients() {
        let table = [
            ("198.51.100.1", "198.51.100.1"),
            // The client sent the first one itself.
            ("192.0.2.66, 198.51.100.1", "198.51.100.1"),
            ("192.0.2.66, 198.51.100.1, 10.0.0.7", "198.51.100.1"),
            ("10.0.0.8", "10.0.0.8"),
            ("198.51.100.1:4711", "198.51.100.1"),
            ("[2001:db8::1]:4711", "2001:db8::1"),
            ("[2001:db8::1]", "2001:db8::1"),
            ("::ffff:198.51.100.1", "198.51.100.1"),
            // An entry that cannot be parsed ends the chain.
            ("198.51.100.1, unknown", "10.0.0.1"),
            ("198.51.100.1, unknown, 10.0.0.7", "10.0.0.7"),
            ("", "10.0.0.1"),
        ];
        for (header, expected) in table {
            assert_eq!(
                client("10.0.0.1", &[(X_FORWARDED_FOR, header)]),
                expected,
                "{header}"
            );
        }
    }

    #[test]
    fn headers_that_stand_twice_are_one_list() {
        let headers = [
            (X_FORWARDED_FOR, "192.0.2.66, 198.51.100.1"),
            (X_FORWARDED_FOR, "10.0.0.7"),
        ];
        assert_eq!(client("10.0.0.1", &headers), "198.51.100.1");
    }

    #[test]
    fn forwarded_is_read_by_rfc_7239() {
        let table = [
            ("for=198.51.100.1", "198.51.100.1"),
            (
                "for=192.0.2.66, For=\"[2001:db8::1]:80\";proto=https",
                "2001:db8::1",
            ),
            ("proto=https;for=198.51.100.1;by=10.0.0.1", "198.51.100.1"),
            ("for=_hidden", "10.0.0.1"),
            ("by=198.51.100.1", "10.0.0.1"),
        ];
        for (header, expected) in table {
            assert_eq!(
                client("10.0.0.1", &[("forwarded", header)]),
                expected,
                "{header}"
            );
        }
    }

    #[test]
    fn two_headers_that_disagree_are_not_believed() {
        let headers = |forwarded| [(X_FORWARDED_FOR, "198.51.100.1"), ("forwarded", forwarded)];
        assert_eq!(client("10.0.0.1", &headers("for=192.0.2.66")), "10.0.0.1");
        assert_eq!(
            client("10.0.0.1", &headers("for=198.51.100.1")),
            "198.51.100.1"
        );
    }

    #[test]
    fn a_chain_has_a_limit() {
        let long = format!("198.51.100.1{}", ", 10.0.0.7".repeat(100_000));
        assert_eq!(client("10.0.0.1", &[(X_FORWARDED_FOR, &long)]), "10.0.0.7");
    }

    #[test]
    fn proxies_are_addresses_and_networks() {
        let proxies = TrustedProxies::parse("127.0.0.1,10.0.0.0/8, ::1").unwrap();
        for address in ["127.0.0.1", "10.255.0.1", "::1"] {
            assert!(proxies.contains(address.parse().unwrap()), "{address}");
        }
        assert!(!proxies.contains("127.0.0.2".parse().unwrap()));
        for list in ["proxy", "10.0.0.0/33", "10.0.0"] {
            assert_eq!(TrustedProxies::parse(list), Err(AddressListError));
        }
    }
}
