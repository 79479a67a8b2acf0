//! Tells addresses of the public internet from private ones, so that a webhook's host name cannot lead into
//! the agent's own network.
//!
//! On a network without IPv4, the name of an IPv4 host leads to an IPv6 address that contains the IPv4
//! address (NAT64, RFC 6052). Such an address leads to where the one inside does.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};

/// Source: IANA IPv4 Special-Purpose Address Registry.
const NOT_PUBLIC_V4: [Ipv4Net; 15] = [
    v4([0, 0, 0, 0], 8),
    v4([10, 0, 0, 0], 8),
    v4([100, 64, 0, 0], 10),
    v4([127, 0, 0, 0], 8),
    v4([169, 254, 0, 0], 16),
    v4([172, 16, 0, 0], 12),
    v4([192, 0, 0, 0], 24),
    v4([192, 0, 2, 0], 24),
    v4([192, 88, 99, 0], 24),
    v4([192, 168, 0, 0], 16),
    v4([198, 18, 0, 0], 15),
    v4([198, 51, 100, 0], 24),
    v4([203, 0, 113, 0], 24),
    v4([224, 0, 0, 0], 4),
    v4([240, 0, 0, 0], 4),
];
/// The block that the IANA assigns global unicast addresses from.
const GLOBAL_V6: Ipv6Net = v6([0x2000, 0, 0, 0, 0, 0, 0, 0], 3);
/// Exceptions in that block. Source: IANA IPv6 Special-Purpose Address Registry.
const NOT_PUBLIC_V6: [Ipv6Net; 3] = [
    v6([0x2001, 0, 0, 0, 0, 0, 0, 0], 23),
    v6([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32),
    v6([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20),
];
/// Prefixes of NAT64 with the IPv4 address in the last 32 bits. Source: RFC 6052 and RFC 8215.
const NAT64: [Ipv6Net; 2] = [
    v6([0x64, 0xff9b, 0, 0, 0, 0, 0, 0], 96),
    v6([0x64, 0xff9b, 1, 0, 0, 0, 0, 0], 96),
];
/// The block of the second one. A network may choose where in the rest of the block the IPv4 address is.
const LOCAL_NAT64: Ipv6Net = v6([0x64, 0xff9b, 1, 0, 0, 0, 0, 0], 48);
/// The IPv4 address follows the prefix. Source: RFC 3056.
const SIX_TO_FOUR: Ipv6Net = v6([0x2002, 0, 0, 0, 0, 0, 0, 0], 16);

/// Where an address leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// The address leads to the public internet.
    Public,
    /// The address leads into a private network.
    Private,
    /// The address leads to one of the two, depending on the network.
    Unknown,
}

pub(super) fn reach(address: IpAddr) -> Reach {
    let is_public = match address.to_canonical() {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => match ipv4_inside(address) {
            Some(inside) => is_public_v4(inside),
            None if LOCAL_NAT64.contains(&address) => return Reach::Unknown,
            None => is_public_v6(address),
        },
    };
    match is_public {
        true => Reach::Public,
        false => Reach::Private,
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    !NOT_PUBLIC_V4.iter().any(|net| net.contains(&address))
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    GLOBAL_V6.contains(&address) && !NOT_PUBLIC_V6.iter().any(|net| net.contains(&address))
}

fn ipv4_inside(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let [_, _, a, b, c, d, .., e, f, g, h] = address.octets();
    if NAT64.iter().any(|net| net.contains(&address)) {
        return Some(Ipv4Addr::new(e, f, g, h));
    }
    let is_six_to_four = SIX_TO_FOUR.contains(&address);
    is_six_to_four.then(|| Ipv4Addr::new(a, b, c, d))
}

const fn v4([a, b, c, d]: [u8; 4], length: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), length)
}

const fn v6([a, b, c, d, e, f, g, h]: [u16; 8], length: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(a, b, c, d, e, f, g, h), length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_of_the_public_internet_are_public() {
        for address in [
            "127.0.0.1",
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "169.254.169.254",
            "172.31.255.255",
            "192.168.0.1",
            "198.51.100.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:10.0.0.1",
            "::ffff:127.0.0.1",
            "64:ff9b::a00:1",
            "fc00::1",
            "fe80::1",
            "ff02::1",
            "2001::1",
            "2001:db8::1",
            "2002:a00:1::1",
        ] {
            let reach = reach(address.parse().unwrap());
            assert_eq!(reach, Reach::Private, "{address}");
        }
        for address in ["8.8.8.8", "172.32.0.1", "2606:4700::1111", "::ffff:8.8.8.8"] {
            let reach = reach(address.parse().unwrap());
            assert_eq!(reach, Reach::Public, "{address}");
        }
    }

    #[test]
    fn an_ipv6_address_leads_where_the_ipv4_address_inside_does() {
        let table = [
            ("64:ff9b::8.8.8.8", Reach::Public),
            ("64:ff9b::10.0.0.1", Reach::Private),
            ("64:ff9b::127.0.0.1", Reach::Private),
            ("64:ff9b::169.254.169.254", Reach::Private),
            ("64:ff9b:1::8.8.8.8", Reach::Public),
            ("64:ff9b:1::192.168.0.1", Reach::Private),
            // With the prefix 64:ff9b:1::/48 it would be 10.0.0.1, with /96 it is 8.8.8.8.
            ("64:ff9b:1:a00:0:100:808:808", Reach::Unknown),
            ("2002:808:808::1", Reach::Public),
            ("2002:808:808:1:a00:1::", Reach::Public),
            ("2002:a00:1::1", Reach::Private),
            ("2002:7f00:1::8.8.8.8", Reach::Private),
            // A neighbour of the prefixes.
            ("64:ff9b:0:1::8.8.8.8", Reach::Private),
            ("64:ff9b:2::8.8.8.8", Reach::Private),
        ];
        for (address, expected) in table {
            assert_eq!(reach(address.parse().unwrap()), expected, "{address}");
        }
    }
}
