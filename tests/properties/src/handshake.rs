use pantoken_a2c::{
    ErrorCode, ErrorMessage, Event, FailureCode, FormMessage, FormResult, FrameOrder, Handshake,
    HandshakeInput, HandshakeOrders, HostCode, MessageError, Origin, PanToken, RequestId, State,
    TimerOrder,
};

const ORIGIN: &str = "https://a2c-test.qiwi.kz";
const REQUEST_ID: &str = "12345678";

/// The letters that encode an input. Every other byte is mapped to one of them.
const LETTERS: &[u8] = b"SLBTRDrabopfuc1234567";

fn input_of(letter: u8) -> HandshakeInput<'static> {
    let from = |from_frame, origin, body| HandshakeInput::Message {
        from_frame,
        origin,
        body,
    };
    let form = |body| from(true, ORIGIN, body);
    let window = |body| from(false, ORIGIN, body);
    let elsewhere = |body| from(true, "https://evil.kz", body);
    match letter {
        b'S' => HandshakeInput::Start,
        b'L' => HandshakeInput::FrameLoaded,
        b'B' => HandshakeInput::FrameBlocked,
        b'T' => HandshakeInput::TimerFired,
        b'R' => HandshakeInput::Reload,
        b'D' => HandshakeInput::Destroy,
        b'r' => form(Ok(FormMessage::Ready)),
        b'a' => form(saved(REQUEST_ID, "a")),
        b'b' => form(saved(REQUEST_ID, "b")),
        b'o' => form(saved("9", "a")),
        b'p' => form(failed("INVALID_PAN")),
        b'f' => form(failed("FORBIDDEN")),
        b'u' => form(Err(MessageError::Unreadable)),
        b'c' => form(Err(MessageError::CardNumber)),
        b'1' => window(Ok(FormMessage::Ready)),
        b'2' => window(saved(REQUEST_ID, "forged")),
        b'3' => window(Err(MessageError::CardNumber)),
        b'4' => elsewhere(Ok(FormMessage::Ready)),
        b'5' => elsewhere(saved(REQUEST_ID, "forged")),
        b'6' => elsewhere(Err(MessageError::CardNumber)),
        b'7' => from(true, "null", saved(REQUEST_ID, "forged")),
        other => input_of(LETTERS[usize::from(other) % LETTERS.len()]),
    }
}

fn saved(request_id: &str, token: &str) -> Result<FormMessage, MessageError> {
    Ok(FormMessage::Result {
        request_id: RequestId::parse(request_id).unwrap(),
        result: FormResult::Saved(PanToken::parse(token).unwrap()),
    })
}

fn failed(code: &str) -> Result<FormMessage, MessageError> {
    Ok(FormMessage::Result {
        request_id: RequestId::parse(REQUEST_ID).unwrap(),
        result: FormResult::Failed {
            code: ErrorCode::parse(code).unwrap(),
            message: ErrorMessage::default(),
        },
    })
}

/// Checks the handshake with any inputs in any order, each encoded as a letter:
///
/// - At most one token is emitted, directly after the form posted it.
/// - No Ready is emitted that the form did not post, and each error directly follows its cause.
/// - Forged messages change nothing.
/// - Nothing is emitted before the start or after the end.
/// - The timer runs exactly while the form is loading.
pub fn handshake(letters: &[u8]) {
    let origin = Origin::parse(ORIGIN).unwrap();
    let mut handshake = Handshake::new(RequestId::parse(REQUEST_ID).unwrap(), origin);
    let mut seen = Seen::default();
    for letter in letters {
        let input = input_of(*letter);
        let orders = handshake.handle(input.clone());
        seen.take(&input, &orders, handshake.state());
    }
}

/// What was emitted so far.
#[derive(Default)]
struct Seen {
    running: bool,
    over: bool,
    saved: bool,
    timer: bool,
    /// How often the shown form posted Ready and the page was not told. One may be emitted with a later load
    /// of the frame.
    readys: usize,
}

impl Seen {
    fn take(&mut self, input: &HandshakeInput<'_>, orders: &HandshakeOrders, state: State) {
        let was_running = self.running;
        match input {
            HandshakeInput::Start => self.running = !self.over,
            HandshakeInput::Destroy => {
                self.over |= self.running;
                self.running = false;
            }
            _ => {}
        }
        self.check_silence(input, orders, was_running);
        self.check_token(input, orders, state, was_running);
        self.check_ready_and_error(input, orders);
        match orders.timer {
            Some(TimerOrder::Set) => self.timer = true,
            Some(TimerOrder::Clear) => self.timer = false,
            None if *input == HandshakeInput::TimerFired => self.timer = false,
            None => {}
        }
        assert_eq!(self.timer, state == State::Loading, "timer in {state:?}");
    }

    fn check_silence(
        &self,
        input: &HandshakeInput<'_>,
        orders: &HandshakeOrders,
        was_running: bool,
    ) {
        let counts =
            body_from_form(input).is_some() || !matches!(input, HandshakeInput::Message { .. });
        if !counts || !(was_running || self.running) {
            assert_eq!(*orders, HandshakeOrders::default(), "{input:?}");
        }
        if *input == HandshakeInput::Destroy {
            assert!(orders.event.is_none() && orders.warning.is_none());
        }
        let ready = matches!(body_from_form(input), Some(Ok(FormMessage::Ready)));
        assert_eq!(orders.reply, ready && was_running, "{input:?}");
    }

    fn check_token(
        &mut self,
        input: &HandshakeInput<'_>,
        orders: &HandshakeOrders,
        state: State,
        was_running: bool,
    ) {
        let posted = token_from_form(input).filter(|_| was_running);
        match &orders.event {
            Some(Event::Saved(saved)) => {
                assert!(!self.saved, "a second token");
                assert_eq!(posted, saved.pan_token.as_ref());
                self.saved = true;
            }
            _ => assert!(posted.is_none() || self.saved, "a genuine token was lost"),
        }
        assert_eq!(state == State::Saved, self.saved && !self.over);
    }

    fn check_ready_and_error(&mut self, input: &HandshakeInput<'_>, orders: &HandshakeOrders) {
        if orders.frame == Some(FrameOrder::Show) {
            self.readys = 0;
        }
        let posted = body_from_form(input);
        self.readys += usize::from(posted == Some(&Ok(FormMessage::Ready)));
        match &orders.event {
            Some(Event::Ready(_)) => {
                let left = self.readys.checked_sub(1);
                self.readys = left.expect("a Ready that the form did not post");
            }
            Some(Event::Error(error)) => assert_eq!(Some(&error.code), cause(input).as_ref()),
            _ => {}
        }
    }
}

/// Returns the error that the input may cause.
fn cause(input: &HandshakeInput<'_>) -> Option<FailureCode> {
    let failed = match input {
        HandshakeInput::TimerFired => return Some(FailureCode::Host(HostCode::ReadyTimeout)),
        HandshakeInput::FrameBlocked => return Some(FailureCode::Host(HostCode::FrameBlocked)),
        _ => body_from_form(input)?,
    };
    match failed {
        Ok(FormMessage::Result {
            result: FormResult::Failed { code, .. },
            ..
        }) => Some(FailureCode::Form(code.clone())),
        Err(MessageError::CardNumber) => Some(FailureCode::Host(HostCode::ResultRejected)),
        _ => None,
    }
}

fn body_from_form<'a>(
    input: &'a HandshakeInput<'_>,
) -> Option<&'a Result<FormMessage, MessageError>> {
    match input {
        HandshakeInput::Message {
            from_frame: true,
            origin: ORIGIN,
            body,
        } => Some(body),
        _ => None,
    }
}

/// Returns the token that the form posts for this request.
fn token_from_form<'a>(input: &'a HandshakeInput<'_>) -> Option<&'a PanToken> {
    match body_from_form(input)? {
        Ok(FormMessage::Result {
            request_id,
            result: FormResult::Saved(token),
        }) if request_id.to_text() == REQUEST_ID => Some(token),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn any_inputs_emit_at_most_one_genuine_token_and_keep_the_timer_right() {
        crate::corpus::try_all("handshake", super::handshake, 4_000);
    }
}
