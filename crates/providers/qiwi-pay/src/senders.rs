use std::net::IpAddr;

use ipnet::IpNet;

/// The networks from which the provider sends notifications. An additional check, which does not replace that of
/// the signature.
pub const NOTIFICATION_NETWORKS: [&str; 4] = [
    "79.142.16.0/20",
    "195.189.100.0/22",
    "91.232.230.0/23",
    "91.213.51.0/24",
];

/// Returns whether the address is in one of [`NOTIFICATION_NETWORKS`].
#[must_use]
pub fn is_notification_sender(address: IpAddr) -> bool {
    let address = address.to_canonical();
    let mut networks = NOTIFICATION_NETWORKS.iter();
    networks.any(|network| {
        network
            .parse::<IpNet>()
            .is_ok_and(|net| net.contains(&address))
    })
}
