#![doc = include_str!("../README.md")]

pub mod a2c;
mod call_fault;
mod page;
pub mod payin;
pub mod qiwi_master;
mod timer;
mod uuid;
