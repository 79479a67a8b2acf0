#![doc = include_str!("../README.md")]

pub mod a2c;
mod call_fault;
mod callback_address;
mod control;
mod delivery_fault;
pub mod jetpay;
mod outbox;
mod page;
pub mod payin;
mod provider;
pub mod qiwi_master;
pub mod qiwi_pay;
mod sender;
mod timer;
mod uuid;
