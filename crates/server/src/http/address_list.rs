//! Lists of addresses and networks in settings.

use std::net::IpAddr;

use ipnet::IpNet;

/// Addresses and networks in CIDR notation, separated by commas.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct AddressList(Vec<IpNet>);

/// A list of addresses and networks cannot be read. The text is not repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a list of addresses or networks such as 10.0.0.0/8, separated by commas")]
pub struct AddressListError;

impl AddressList {
    pub(super) fn parse(list: &str) -> Result<Self, AddressListError> {
        let entries = list.split(',').map(str::trim);
        entries
            .filter(|entry| !entry.is_empty())
            .map(|entry| {
                let network = entry.parse::<IpNet>();
                network.or_else(|_| entry.parse::<IpAddr>().map(IpNet::from))
            })
            .collect::<Result<_, _>>()
            .map(Self)
            .map_err(|_| AddressListError)
    }

    pub(super) fn contains(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
