use alloc::sync::Arc;
use core::fmt;

/// The agent's id at the provider: 1 to 128 characters, without `;` and without control characters.
///
/// With a `;` in the id, two different requests could have the same signed string `requestId;agentId;…`,
/// and so the same signature. Clones share the text. Source: docs/a2c.md, "Signed form URL".
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AgentId(Arc<str>);

/// The reason why a text is not an [`AgentId`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AgentIdError {
    /// The text is empty, or longer than 128 characters.
    #[error("an agent id must be 1 to 128 characters long")]
    Length,
    /// The text contains a `;` or a control character.
    #[error("an agent id must not contain ';' or control characters")]
    Character,
}

impl AgentId {
    const MAX_CHARS: usize = 128;

    /// Reads an agent id in the form in which the provider issued it.
    ///
    /// # Errors
    /// Returns [`AgentIdError`] if its length or one of its characters is not allowed.
    pub fn parse(text: &str) -> Result<Self, AgentIdError> {
        if text.is_empty() || text.chars().count() > Self::MAX_CHARS {
            return Err(AgentIdError::Length);
        }
        if text.chars().any(|c| c == ';' || c.is_control()) {
            return Err(AgentIdError::Character);
        }
        Ok(Self(text.into()))
    }

    /// Returns the id as text.
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
