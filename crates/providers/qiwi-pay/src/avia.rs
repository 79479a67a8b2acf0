//! Data of airline tickets, for payments and captures. Source: docs/qiwi-pay.md, "Airline tickets".

use std::fmt;

use pantoken_core::hundredths;
use rust_decimal::Decimal;
use serde::Serialize;
use serde::ser::{Error as _, Serializer};
use serde_json::value::RawValue;
use time::OffsetDateTime;

use crate::FieldError;
use crate::fields::{FieldProblem, Fields, check_text, to_date_text};

/// All tickets of a booking, each with all its segments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AviaData {
    /// Always `avia`.
    r#type: Avia,
    /// The number of the booking.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pnr: Option<String>,
    /// The tickets.
    pub tickets: Vec<Ticket>,
    #[serde(skip)]
    signature: AviaSignature,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Avia {
    Avia,
}

/// Whether the data enters the signature. The provider does not say, so ask its support which one holds for your
/// site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AviaSignature {
    /// The data is not signed.
    Omitted,
    /// The data is signed as the JSON that is sent.
    CompactJson,
}

/// A ticket.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Ticket {
    /// Its number, of at most 14 characters.
    pub number: String,
    /// The passenger, in at most 20 characters.
    pub passenger_name: String,
    /// The price without fees.
    #[serde(serialize_with = "decimal")]
    pub amount: Decimal,
    /// The price with fees.
    #[serde(serialize_with = "decimal")]
    pub amount_total: Decimal,
    /// Whether it cannot be given back.
    pub restricted: bool,
    /// The agency's code, of at most 8 characters.
    pub agency_code: String,
    /// The agency's name, of at most 25 characters.
    pub agency_name: String,
    /// The airport of departure, as IATA's three letters.
    pub airport_code: String,
    /// The flights.
    pub segments: Vec<Segment>,
}

/// Personal data is not printed.
impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Ticket(…)")
    }
}

/// A flight of a ticket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Segment {
    /// The price of the segment.
    #[serde(serialize_with = "decimal")]
    pub amount: Decimal,
    /// The class of service, as one letter.
    pub service_class: String,
    /// The code of the fare, of at most 6 characters.
    pub fare_basis_code: String,
    /// The destination, as IATA's three letters.
    pub dest_city: String,
    /// The airline, as two characters.
    pub carrier_code: String,
    /// Whether a stopover is allowed, as one character.
    pub stopover_code: String,
    /// The departure.
    #[serde(serialize_with = "date")]
    pub departure_date: OffsetDateTime,
    /// The number of the flight, in at most 5 digits.
    pub flight_number: String,
}

// serde passes a reference to the field.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn decimal<S: Serializer>(value: &Decimal, serializer: S) -> Result<S::Ok, S::Error> {
    let text = hundredths::write(*value).ok_or_else(|| S::Error::custom("fractions"))?;
    let raw = RawValue::from_string(text).map_err(S::Error::custom)?;
    raw.serialize(serializer)
}

fn date<S: Serializer>(value: &OffsetDateTime, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&to_date_text(*value))
}

impl AviaData {
    /// Joins the tickets of a booking.
    #[must_use]
    pub fn new(tickets: Vec<Ticket>, signature: AviaSignature) -> Self {
        Self {
            r#type: Avia::Avia,
            pnr: None,
            tickets,
            signature,
        }
    }

    pub(crate) fn write(&self, fields: &mut Fields) -> Result<(), FieldError> {
        self.check()?;
        let json = serde_json::to_string(self);
        let json = json.map_err(|_| FieldProblem::Format("amounts in hundredths").of(FIELD))?;
        fields.json(FIELD, json, self.signature == AviaSignature::CompactJson);
        Ok(())
    }

    fn check(&self) -> Result<(), FieldError> {
        check_text("pnr", self.pnr.as_deref().unwrap_or_default(), 6)?;
        if self.tickets.is_empty() {
            return Err(FieldProblem::Missing.of("tickets"));
        }
        self.tickets.iter().try_for_each(Ticket::check)
    }
}

const FIELD: &str = "industry_data";

/// Checks a required text.
fn required(field: &'static str, text: &str, max: usize) -> Result<(), FieldError> {
    if text.is_empty() {
        return Err(FieldProblem::Missing.of(field));
    }
    check_text(field, text, max)
}

fn money(field: &'static str, value: Decimal) -> Result<(), FieldError> {
    if value < Decimal::ZERO || value.normalize().scale() > 2 {
        return Err(FieldProblem::Format("an amount in hundredths").of(field));
    }
    Ok(())
}

impl Ticket {
    fn check(&self) -> Result<(), FieldError> {
        required("number", &self.number, 14)?;
        required("passenger_name", &self.passenger_name, 20)?;
        money("amount", self.amount)?;
        money("amount_total", self.amount_total)?;
        required("agency_code", &self.agency_code, 8)?;
        required("agency_name", &self.agency_name, 25)?;
        required("airport_code", &self.airport_code, 3)?;
        if self.segments.is_empty() {
            return Err(FieldProblem::Missing.of("segments"));
        }
        self.segments.iter().try_for_each(Segment::check)
    }
}

impl Segment {
    fn check(&self) -> Result<(), FieldError> {
        money("amount", self.amount)?;
        required("service_class", &self.service_class, 1)?;
        required("fare_basis_code", &self.fare_basis_code, 6)?;
        required("dest_city", &self.dest_city, 3)?;
        required("carrier_code", &self.carrier_code, 2)?;
        required("stopover_code", &self.stopover_code, 1)?;
        required("flight_number", &self.flight_number, 5)?;
        if !self.flight_number.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(FieldProblem::Format("digits").of("flight_number"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::SecretKey;

    fn data(signature: AviaSignature) -> AviaData {
        let segment = Segment {
            amount: Decimal::new(1_000, 2),
            service_class: "Y".to_owned(),
            fare_basis_code: "YOW".to_owned(),
            dest_city: "LED".to_owned(),
            carrier_code: "SU".to_owned(),
            stopover_code: "O".to_owned(),
            departure_date: datetime!(2026-12-01 10:00 UTC),
            flight_number: "0042".to_owned(),
        };
        let ticket = Ticket {
            number: "5552100123456".to_owned(),
            passenger_name: "IVANOV IVAN".to_owned(),
            amount: Decimal::new(1_000, 2),
            amount_total: Decimal::new(1_100, 2),
            restricted: true,
            agency_code: "12345".to_owned(),
            agency_name: "AGENCY".to_owned(),
            airport_code: "SVO".to_owned(),
            segments: vec![segment],
        };
        AviaData::new(vec![ticket], signature)
    }

    #[test]
    fn the_caller_chooses_whether_the_data_is_signed() {
        let key = SecretKey::parse("secret_key").unwrap();
        let sign = |signature| {
            let mut fields = Fields::default();
            data(signature).write(&mut fields).unwrap();
            let json = String::from_utf8(fields.to_json(&key).to_vec()).unwrap();
            assert!(json.contains(
                r#""industry_data":{"type":"avia","tickets":[{"number":"5552100123456""#
            ));
            assert!(json.contains(r#""amount_total":11.00"#), "{json}");
            fields.sign(&key)
        };
        assert_eq!(sign(AviaSignature::Omitted), key.sign([]));
        assert_ne!(sign(AviaSignature::CompactJson), key.sign([]));
    }

    #[test]
    fn personal_data_is_not_printed() {
        let text = format!("{:?}", data(AviaSignature::Omitted));
        assert!(
            text.contains("Ticket(…)") && !text.contains("IVANOV"),
            "{text}"
        );
    }

    #[test]
    fn each_field_is_checked() {
        let refused = |change: &dyn Fn(&mut AviaData)| {
            let mut data = data(AviaSignature::Omitted);
            change(&mut data);
            let written = data.write(&mut Fields::default());
            written.err().map(|error| error.field)
        };
        assert_eq!(refused(&|_| ()), None);
        assert_eq!(refused(&|data| data.tickets.clear()), Some("tickets"));
        assert_eq!(
            refused(&|data| data.pnr = Some("1234567".to_owned())),
            Some("pnr")
        );
        assert_eq!(
            refused(&|data| data.tickets[0].segments.clear()),
            Some("segments")
        );
        assert_eq!(
            refused(&|data| data.tickets[0].number.clear()),
            Some("number")
        );
        assert_eq!(
            refused(&|data| data.tickets[0].amount = Decimal::new(1, 3)),
            Some("amount")
        );
        let flight = refused(&|data| data.tickets[0].segments[0].flight_number = "SU1".to_owned());
        assert_eq!(flight, Some("flight_number"));
    }
}
