use alloc::sync::Arc;
use core::fmt;

/// The agent's identifier at the provider: 1 to 128 characters, no `;`, no control characters.
///
/// A `;` would move the boundary of the signed string `requestId;agentId;…`, so that one signature
/// would stand for two requests. A clone shares the text. Source: docs/a2c.md, "Signed form URL".
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AgentId(Arc<str>);

/// Why a text is no [`AgentId`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AgentIdError {
    /// Nothing, or more than 128 characters.
    #[error("an agent id has 1 to 128 characters")]
    Length,
    /// A `;` or a control character.
    #[error("an agent id holds no ';' and no control character")]
    Character,
}

impl AgentId {
    const MAX_CHARS: usize = 128;

    /// Reads an agent id as the provider gave it.
    ///
    /// # Errors
    /// [`AgentIdError`] when its length or a character is not allowed.
    pub fn parse(text: &str) -> Result<Self, AgentIdError> {
        if text.is_empty() || text.chars().count() > Self::MAX_CHARS {
            return Err(AgentIdError::Length);
        }
        if text.chars().any(|c| c == ';' || c.is_control()) {
            return Err(AgentIdError::Character);
        }
        Ok(Self(text.into()))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for AgentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agent_id_may_not_move_the_boundary_of_the_signed_string() {
        assert_eq!(AgentId::parse("agent;01"), Err(AgentIdError::Character));
        assert_eq!(AgentId::parse("agent\n01"), Err(AgentIdError::Character));
    }

    #[test]
    fn agent_id_has_a_length() {
        assert_eq!(AgentId::parse(""), Err(AgentIdError::Length));
        assert_eq!(AgentId::parse(&"a".repeat(129)), Err(AgentIdError::Length));
        assert_eq!(
            AgentId::parse(&"ә".repeat(128))
                .unwrap()
                .as_str()
                .chars()
                .count(),
            128
        );
    }
}
