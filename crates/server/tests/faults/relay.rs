use std::sync::{Arc, Mutex};

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};

/// An address that stays, and leads to a server whose address changes with each start.
#[derive(Clone, Default)]
pub(crate) struct Relay(Arc<Mutex<String>>);

impl Relay {
    /// Leads new connections to this address.
    pub(crate) fn lead_to(&self, address: String) {
        *self.0.lock().unwrap() = address;
    }

    /// Returns the address of the server.
    pub(crate) fn address(&self) -> String {
        self.0.lock().unwrap().clone()
    }

    /// Takes connections. One that leads nowhere is closed.
    pub(crate) fn run(&self, listener: TcpListener) {
        let to = self.clone();
        tokio::spawn(async move {
            while let Ok((mut from, _)) = listener.accept().await {
                let address = to.address();
                tokio::spawn(async move {
                    let mut to = TcpStream::connect(address).await?;
                    copy_bidirectional(&mut from, &mut to).await
                });
            }
        });
    }
}
