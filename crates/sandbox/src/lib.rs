#![doc = include_str!("../README.md")]

pub mod a2c;
mod page;
pub mod payin;
mod uuid;
