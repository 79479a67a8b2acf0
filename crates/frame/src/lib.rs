//! The DOM side of the handshake.
