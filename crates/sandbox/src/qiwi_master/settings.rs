use pantoken_qiwi_master::{Token, Wallet};
use rust_decimal::Decimal;

/// The settings of the sandbox, which serves one wallet.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The wallet.
    pub wallet: Wallet,
    /// The token with which it is called.
    pub token: Token,
    /// The money in the wallet, in roubles.
    pub balance: Decimal,
}

impl Settings {
    /// The wallet of the binary, unless another is chosen.
    pub const TEST_WALLET: &str = "79990000000";
    /// The token of the binary, unless another is set. It is not secret.
    pub const TEST_TOKEN: &str = "pantoken-sandbox-qiwi-master-token";
    /// The money in the wallet of the binary, unless it is set: enough for the package and some cards.
    pub const TEST_BALANCE: Decimal = Decimal::from_parts(10_000, 0, 0, false, 0);
}
