use std::io::{self, ErrorKind};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener};

/// The ports of the server and of the sandboxes, which are all free.
pub(super) struct Ports {
    /// The server listens by itself.
    pub(super) server: u16,
    pub(super) a2c: TcpListener,
    pub(super) payin: TcpListener,
    pub(super) jetpay: TcpListener,
    pub(super) qiwi_pay: TcpListener,
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
    /// Takes the port of the server, and that of a2c's sandbox. The other sandboxes follow it.
    pub(super) fn take(server: u16, sandbox: u16) -> Result<Self, PortError> {
        let reserved = listen(server, "the server", "--port")?;
        let a2c = listen(sandbox, "the sandbox", "--sandbox-port")?;
        let address = reserved.local_addr().map(|address| address.port());
        Ok(Self {
            server: address.unwrap_or(server),
            a2c,
            payin: follow(sandbox, 1)?,
            jetpay: follow(sandbox, 2)?,
            qiwi_pay: follow(sandbox, 3)?,
        })
    }
}

/// Listens on the port that comes so many ports after the first sandbox's. If it is taken, or the first port is
/// any free one, this is a free one too.
fn follow(sandbox: u16, distance: u16) -> Result<TcpListener, PortError> {
    let (user, flag) = ("a sandbox", "--sandbox-port");
    let next = sandbox.checked_add(distance).filter(|_| sandbox != 0);
    let wanted = next.map(|port| listen(port, user, flag));
    match wanted {
        Some(Ok(listener)) => Ok(listener),
        Some(Err(_)) | None => listen(0, user, flag),
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

    fn sandboxes(ports: &Ports) -> [u16; 4] {
        [&ports.a2c, &ports.payin, &ports.jetpay, &ports.qiwi_pay]
            .map(|listener| listener.local_addr().unwrap().port())
    }

    #[test]
    fn any_free_ports_are_different() {
        let ports = Ports::take(0, 0).unwrap();
        let mut all = sandboxes(&ports).to_vec();
        all.push(ports.server);
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 5);
        assert!(!all.contains(&0));
    }

    #[test]
    fn a_sandbox_whose_port_is_taken_gets_another_one() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = taken.local_addr().unwrap().port();
        let followed = follow(port - 1, 1).unwrap().local_addr().unwrap().port();
        assert_ne!(followed, port);
        drop(taken);
        let followed = follow(port - 1, 1).unwrap().local_addr().unwrap().port();
        assert_eq!(followed, port);
    }
}
