#![doc = include_str!("../README.md")]

pub mod a2c;
pub mod payin;
