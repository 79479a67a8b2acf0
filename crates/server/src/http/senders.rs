//! The networks from which a provider sends notifications.

use std::net::IpAddr;

use crate::http::address_list::{AddressList, AddressListError};

/// The networks from which a provider's notifications are accepted. Without this list, any sender's are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Senders(AddressList);

impl Senders {
    /// Parses a list of addresses and networks in CIDR notation, separated by commas.
    ///
    /// # Errors
    /// Returns [`AddressListError`] if an entry is neither, or if the list is empty.
    pub fn parse(list: &str) -> Result<Self, AddressListError> {
        let list = AddressList::parse(list)?;
        match list.is_empty() {
            true => Err(AddressListError),
            false => Ok(Self(list)),
        }
    }

    /// Returns whether a sender at this address is accepted. One whose address is not known is not.
    pub(crate) fn contain(&self, address: Option<IpAddr>) -> bool {
        address.is_some_and(|address| self.0.contains(address))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn senders_are_in_a_listed_network() {
        let senders = Senders::parse("79.142.16.0/20, 185.22.67.220,2001:db8::/32").unwrap();
        for (address, is_sender) in [
            ("79.142.31.255", true),
            ("79.142.32.0", false),
            ("185.22.67.220", true),
            ("185.22.67.221", false),
            ("2001:db8::1", true),
            ("::1", false),
        ] {
            let address = address.parse().ok();
            assert_eq!(senders.contain(address), is_sender, "{address:?}");
        }
        assert!(!senders.contain(None));
    }

    #[test]
    fn a_list_without_a_network_is_refused() {
        for list in ["", " , ", "provider.example", "79.142.16.0/33"] {
            assert_eq!(Senders::parse(list), Err(AddressListError), "{list}");
        }
    }
}
