use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};

/// The ports of the server and of the sandbox, which are both free.
pub(super) struct Ports {
    /// The server listens by itself.
    pub(super) server: u16,
    pub(super) sandbox: TcpListener,
}

/// Why a port cannot be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum PortError {
    #[error(
        "port {port} is in use, and {user} needs it: stop what listens on {address}, or choose another port \
         with {flag}"
    )]
    InUse {
        port: u16,
        user: &'static str,
        address: SocketAddr,
        flag: &'static str,
    },
    #[error("{user} cannot listen on port {port}: {source}; choose another one with {flag}")]
    Listen {
        port: u16,
        user: &'static str,
        source: io::Error,
        flag: &'static str,
    },
}

impl Ports {
    pub(super) fn take(server: u16, sandbox: u16) -> Result<Self, PortError> {
        let reserved = listen(server, "the server", "--port")?;
        let sandbox = listen(sandbox, "the sandbox", "--sandbox-port")?;
        let address = reserved.local_addr().map(|address| address.port());
        Ok(Self {
            server: address.unwrap_or(server),
            sandbox,
        })
    }
}

/// Listens on 127.0.0.1, if nothing listens on ::1 either: a browser looks for `localhost` there first.
fn listen(port: u16, user: &'static str, flag: &'static str) -> Result<TcpListener, PortError> {
    let [v4, v6] = [
        SocketAddr::from((Ipv4Addr::LOCALHOST, port)),
        SocketAddr::from((Ipv6Addr::LOCALHOST, port)),
    ];
    let in_use = |address| PortError::InUse {
        port,
        user,
        address,
        flag,
    };
    let is_in_use = |error: &io::Error| error.kind() == ErrorKind::AddrInUse;
    let refused = |source: io::Error| match is_in_use(&source) {
        true => in_use(v4),
        false => PortError::Listen {
            port,
            user,
            source,
            flag,
        },
    };
    let listener = TcpListener::bind(v4).map_err(refused)?;
    listener.set_nonblocking(true).map_err(refused)?;
    // A machine without IPv6 has another error for ::1.
    if port != 0 && TcpListener::bind(v6).is_err_and(|error| is_in_use(&error)) {
        return Err(in_use(v6));
    }
    Ok(listener)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_port_in_use_is_named_with_the_flag_that_changes_it() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = taken.local_addr().unwrap().port();
        for (ports, flag) in [((port, 0), "--port"), ((0, port), "--sandbox-port")] {
            let error = Ports::take(ports.0, ports.1).err().unwrap().to_string();
            assert!(error.contains(&format!("port {port} is in use")), "{error}");
            assert!(error.ends_with(&format!("with {flag}")), "{error}");
        }
    }

    #[test]
    fn any_free_ports_are_two() {
        let ports = Ports::take(0, 0).unwrap();
        let sandbox = ports.sandbox.local_addr().unwrap().port();
        assert!(ports.server != 0 && ports.server != sandbox);
    }
}
