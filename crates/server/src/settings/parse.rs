//! Parses the values of settings that have no type of their own.

use std::borrow::Cow;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use pantoken_store::{StoreKey, StoreKeyError};

use crate::http::allowed_origin::{AllowedOrigin, AllowedOriginError};

/// The format of log lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum LogFormat {
    /// Text, for people.
    Text,
    /// One JSON object per line, for log collectors.
    Json,
}

impl LogFormat {
    pub(super) fn parse(text: &str) -> Result<Self, &'static str> {
        match text {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err("must be text or json"),
        }
    }
}

pub(super) fn store_keys(list: &str) -> Result<Vec<StoreKey>, StoreKeyError> {
    list.split(',')
        .map(|text| StoreKey::parse(text.trim()))
        .collect()
}

pub(super) fn retention_days(text: &str) -> Result<u32, &'static str> {
    let days = text.parse().ok();
    days.filter(|days| (1..=36_500).contains(days))
        .ok_or("must be a whole number of days from 1 to 36500")
}

pub(super) fn listen(text: &str) -> Result<SocketAddr, &'static str> {
    // Other names would have to be looked up, and could have several addresses.
    let numeric = match text.strip_prefix("localhost:") {
        Some(port) => Cow::Owned(format!("127.0.0.1:{port}")),
        None => Cow::Borrowed(text),
    };
    numeric
        .parse()
        .map_err(|_| "must be an IP address or localhost, followed by a colon and a port")
}

pub(super) fn origins(list: &str) -> Result<Vec<AllowedOrigin>, AllowedOriginError> {
    let entries = list.split(',').map(str::trim);
    entries
        .filter(|entry| !entry.is_empty())
        .map(AllowedOrigin::parse)
        .collect()
}

pub(super) fn switch(text: &str) -> Result<bool, &'static str> {
    match text {
        "true" | "1" => Ok(true),
        "false" | "0" => Ok(false),
        _ => Err("must be true or false"),
    }
}

pub(super) fn session_seconds(text: &str) -> Result<u32, &'static str> {
    let seconds = text.parse().ok();
    seconds
        .filter(|seconds| (60..=86_400).contains(seconds))
        .ok_or("must be a whole number of seconds from 60 to 86400")
}

pub(super) fn idle_time(text: &str) -> Result<Duration, &'static str> {
    let seconds = text.parse().ok();
    seconds
        .filter(|seconds| (5..=3600).contains(seconds))
        .map(Duration::from_secs)
        .ok_or("must be a whole number of seconds from 5 to 3600")
}

pub(super) fn connections(text: &str) -> Result<usize, &'static str> {
    let connections = text.parse().ok().filter(|connections| *connections > 0);
    connections.ok_or("must be a whole number, 1 or more")
}

pub(super) fn sessions_per_minute(text: &str) -> Result<NonZeroU32, &'static str> {
    text.parse()
        .map_err(|_| "must be a whole number, 1 or more")
}

pub(super) fn folder(text: &str) -> Result<PathBuf, std::convert::Infallible> {
    Ok(text.into())
}
