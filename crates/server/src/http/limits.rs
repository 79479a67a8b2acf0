use std::time::Duration;

/// The largest body of a request, in bytes.
pub(crate) const MAX_BODY: usize = 16 * 1024;
/// The largest body of a provider's call, in bytes.
pub(crate) const MAX_PROVIDER_BODY: usize = 64 * 1024;
/// The largest headers of a request together, in bytes.
pub(crate) const MAX_HEADERS: u32 = 16 * 1024;
/// Load balancers keep idle connections for 60 seconds by default.
pub(crate) const DEFAULT_IDLE_SECONDS: u32 = 75;
pub(crate) const DEFAULT_CONNECTIONS_PER_ADDRESS: u32 = 300;
/// How many requests an HTTP/2 connection may have in progress.
pub(super) const MAX_STREAMS: u32 = 64;

/// How long requests and responses may take, and how many connections there may be.
///
/// The sizes are fixed: 16 KiB for a body, and 16 KiB for all headers together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The time for the headers of a request.
    pub header_time: Duration,
    /// The time after which a connection is closed that has no request in progress. It should be longer than
    /// a proxy keeps idle connections, so that the proxy never uses one that is being closed.
    pub idle_time: Duration,
    /// The time for the body of a request.
    pub body_time: Duration,
    /// The time for a whole request, from its headers to the response.
    pub answer_time: Duration,
    /// The time after which a client that reads nothing is disconnected.
    pub write_time: Duration,
    /// The number of connections at one time. Connections beyond it wait until one closes.
    pub connections: usize,
    /// The number of connections at one time from one IPv4 address or one IPv6 /64 network. Connections beyond
    /// it are closed at once. Trusted proxies have no such limit.
    pub connections_per_address: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            header_time: Duration::from_secs(15),
            idle_time: Duration::from_secs(DEFAULT_IDLE_SECONDS.into()),
            body_time: Duration::from_secs(10),
            answer_time: Duration::from_secs(30),
            write_time: Duration::from_secs(30),
            // Below 1,024, the usual limit of open files in a process.
            connections: 900,
            connections_per_address: DEFAULT_CONNECTIONS_PER_ADDRESS as usize,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NGINX: &str = include_str!("../../../../deploy/nginx.conf");

    #[test]
    fn nginx_closes_its_idle_connections_first() {
        let setting = |line: &'static str| {
            line.trim()
                .strip_prefix("keepalive_timeout ")?
                .strip_suffix("s;")
        };
        let seconds: Vec<u32> = NGINX
            .lines()
            .filter_map(setting)
            .map(|text| text.parse().unwrap())
            .collect();
        assert!(
            matches!(seconds[..], [seconds] if seconds < DEFAULT_IDLE_SECONDS),
            "{seconds:?}"
        );
    }
}
