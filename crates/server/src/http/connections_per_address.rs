use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use crate::http::network::customer_network;

/// Counts the open connections of each network, so that one client does not take all that there are.
#[derive(Clone)]
pub(super) struct ConnectionsPerAddress {
    max: usize,
    open: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

impl ConnectionsPerAddress {
    pub(super) fn new(max: usize) -> Self {
        Self {
            max,
            open: Arc::default(),
        }
    }

    /// Counts a connection until the guard is dropped, or returns `None` if there are too many.
    pub(super) fn open(&self, address: IpAddr) -> Option<AddressGuard> {
        let network = customer_network(address);
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(network).or_default();
        if *count >= self.max {
            return None;
        }
        *count += 1;
        Some(AddressGuard {
            network,
            open: Arc::clone(&self.open),
        })
    }
}

/// One connection of a network.
pub(super) struct AddressGuard {
    network: IpAddr,
    open: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

impl Drop for AddressGuard {
    fn drop(&mut self) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.network) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.network);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_has_its_own_number_of_connections() {
        let connections = ConnectionsPerAddress::new(2);
        let from = |address: &str| connections.open(address.parse().unwrap());
        let (first, second) = (from("2001:db8::1"), from("2001:db8::2"));
        assert!(first.is_some() && second.is_some());
        assert!(from("2001:db8::3").is_none());
        let other = from("2001:db8:0:1::1");
        assert!(other.is_some());
        drop(first);
        assert!(from("2001:db8::3").is_some());
        drop((second, other));
        assert!(connections.open.lock().unwrap().is_empty());
    }
}
