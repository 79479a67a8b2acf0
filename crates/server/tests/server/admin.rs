//! The pages for operators.

mod access;
mod operator;
mod pages;
mod retry;
mod secrecy;
