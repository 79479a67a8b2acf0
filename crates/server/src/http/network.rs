//! Which addresses belong to one client, who can choose any of them.

use std::net::{IpAddr, Ipv6Addr};

/// Returns the smallest network that an internet provider gives one customer: an IPv4 address or an IPv6 /64.
pub(super) fn customer_network(address: IpAddr) -> IpAddr {
    network(address, 64)
}

/// Returns an IPv4 address as it is, and of an IPv6 address the network with this many bits.
pub(super) fn network(address: IpAddr, bits: u32) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => address.into(),
        IpAddr::V6(address) => {
            let rest = u128::BITS - bits;
            Ipv6Addr::from_bits(address.to_bits() >> rest << rest).into()
        }
    }
}
