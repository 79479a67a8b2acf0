//! Reads the data of airline tickets in requests. Source: docs/qiwi-pay.md, "Airline tickets".

use std::fmt;

use pantoken_core::hundredths;
use pantoken_qiwi_pay::{AviaData, AviaSignature, Segment, Ticket};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use utoipa::ToSchema;

use super::schemas;
use crate::http::fields::{Fields, any_text};
use crate::http::problem::Problem;
use crate::operations::Unreadable;

/// All tickets of a booking, each with all its segments. It is kept until the provider has answered.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = NewQiwiPayIndustryData)]
#[schema(example = json!({"type": "avia", "pnr": "ABC123", "tickets": [{"number": "5552100123456",
    "passengerName": "IVANOV IVAN", "amount": "9.00", "amountTotal": "10.00", "restricted": true,
    "agencyCode": "12345", "agencyName": "Agency", "airportCode": "SVO", "segments": [{"amount": "9.00",
    "serviceClass": "Y", "fareBasisCode": "YOW", "destCity": "LED", "carrierCode": "SU", "stopoverCode": "O",
    "departureDate": "2026-12-01T10:00:00+03:00", "flightNumber": "42"}]}]}))]
pub(crate) struct IndustryData {
    /// Always `avia`, which may be left out.
    #[schema(schema_with = schemas::industry, required = false)]
    r#type: Industry,
    /// The number of the booking.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 6)]
    pnr: Option<String>,
    #[schema(min_items = 1)]
    tickets: Vec<TicketData>,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Industry {
    Avia,
}

/// An airline ticket.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = NewQiwiPayTicket)]
#[schema(example = json!({"number": "5552100123456", "passengerName": "IVANOV IVAN", "amount": "9.00",
    "amountTotal": "10.00", "restricted": true, "agencyCode": "12345", "agencyName": "Agency", "airportCode": "SVO",
    "segments": [{"amount": "9.00", "serviceClass": "Y", "fareBasisCode": "YOW", "destCity": "LED",
    "carrierCode": "SU", "stopoverCode": "O", "departureDate": "2026-12-01T10:00:00+03:00", "flightNumber": "42"}]}))]
struct TicketData {
    #[schema(min_length = 1, max_length = 14)]
    number: String,
    #[schema(min_length = 1, max_length = 20)]
    passenger_name: String,
    /// The price without fees, as a text with two decimals.
    #[schema(pattern = r"^(0|[1-9][0-9]*)\.[0-9]{2}$")]
    amount: String,
    /// The price with fees, as a text with two decimals.
    #[schema(pattern = r"^(0|[1-9][0-9]*)\.[0-9]{2}$")]
    amount_total: String,
    /// Whether it cannot be given back.
    restricted: bool,
    #[schema(min_length = 1, max_length = 8)]
    agency_code: String,
    #[schema(min_length = 1, max_length = 25)]
    agency_name: String,
    /// The airport of departure, as IATA's three letters.
    #[schema(min_length = 1, max_length = 3)]
    airport_code: String,
    #[schema(min_items = 1)]
    segments: Vec<SegmentData>,
}

/// A flight of a ticket.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = NewQiwiPaySegment)]
#[schema(example = json!({"amount": "9.00", "serviceClass": "Y", "fareBasisCode": "YOW", "destCity": "LED",
    "carrierCode": "SU", "stopoverCode": "O", "departureDate": "2026-12-01T10:00:00+03:00", "flightNumber": "42"}))]
struct SegmentData {
    /// The price of the segment, as a text with two decimals.
    #[schema(pattern = r"^(0|[1-9][0-9]*)\.[0-9]{2}$")]
    amount: String,
    #[schema(min_length = 1, max_length = 1)]
    service_class: String,
    #[schema(min_length = 1, max_length = 6)]
    fare_basis_code: String,
    /// The destination, as IATA's three letters.
    #[schema(min_length = 1, max_length = 3)]
    dest_city: String,
    #[schema(min_length = 1, max_length = 2)]
    carrier_code: String,
    #[schema(min_length = 1, max_length = 1)]
    stopover_code: String,
    #[schema(format = "date-time")]
    departure_date: String,
    #[schema(pattern = "^[0-9]{1,5}$")]
    flight_number: String,
}

/// Personal data is not printed.
impl fmt::Debug for IndustryData {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IndustryData(…)")
    }
}

/// The fields of which an error of the provider's rules may be about, by their names here and at the provider. The
/// amounts, of which some have the same name, are checked when they are read.
pub(super) const NAMES: [(&str, &str); 15] = [
    ("industryData.pnr", "pnr"),
    ("industryData.tickets", "tickets"),
    ("industryData.tickets.number", "number"),
    ("industryData.tickets.passengerName", "passenger_name"),
    ("industryData.tickets.agencyCode", "agency_code"),
    ("industryData.tickets.agencyName", "agency_name"),
    ("industryData.tickets.airportCode", "airport_code"),
    ("industryData.tickets.segments", "segments"),
    (
        "industryData.tickets.segments.serviceClass",
        "service_class",
    ),
    (
        "industryData.tickets.segments.fareBasisCode",
        "fare_basis_code",
    ),
    ("industryData.tickets.segments.destCity", "dest_city"),
    ("industryData.tickets.segments.carrierCode", "carrier_code"),
    (
        "industryData.tickets.segments.stopoverCode",
        "stopover_code",
    ),
    (
        "industryData.tickets.segments.flightNumber",
        "flight_number",
    ),
    ("industryData", "industry_data"),
];

impl IndustryData {
    /// Takes the field `industryData`, which needs to be known whether it is signed.
    pub(super) fn take(
        fields: &mut Fields,
        signature: Option<AviaSignature>,
    ) -> Result<Option<Self>, Problem> {
        let Some(mut fields) = fields.optional_object("industryData")? else {
            return Ok(None);
        };
        if signature.is_none() {
            let rule = "needs PANTOKEN_QIWI_PAY_INDUSTRY_DATA: set it to signed or unsigned, as the provider's \
                        support says";
            return Err(Problem::invalid("industryData", rule));
        }
        let is_avia = |text: &str| match text {
            "avia" => Ok(()),
            _ => Err("must be avia"),
        };
        fields.optional_as("type", "industryData.type", is_avia)?;
        let data = Self {
            r#type: Industry::Avia,
            pnr: fields.optional_as("pnr", "industryData.pnr", any_text)?,
            tickets: fields
                .required_objects("tickets", "industryData.tickets")?
                .into_iter()
                .map(TicketData::read)
                .collect::<Result<_, _>>()?,
        };
        fields.finish()?;
        Ok(Some(data))
    }

    pub(super) fn to_avia(&self, signature: AviaSignature) -> Result<AviaData, Unreadable> {
        let tickets = self.tickets.iter().map(TicketData::to_ticket);
        let tickets = tickets.collect::<Result<_, _>>()?;
        let mut data = AviaData::new(tickets, signature);
        data.pnr.clone_from(&self.pnr);
        Ok(data)
    }
}

impl TicketData {
    fn read(mut fields: Fields) -> Result<Self, Problem> {
        let mut text = |name, full_name| fields.required_as(name, full_name, any_text);
        let passenger_name = text("passengerName", "industryData.tickets.passengerName")?;
        let agency_code = text("agencyCode", "industryData.tickets.agencyCode")?;
        let agency_name = text("agencyName", "industryData.tickets.agencyName")?;
        let airport_code = text("airportCode", "industryData.tickets.airportCode")?;
        let ticket = Self {
            // Tickets have numbers of 13 digits, of which some look like card numbers.
            number: fields.required_account_as(
                "number",
                "industryData.tickets.number",
                any_text,
            )?,
            passenger_name,
            amount: fields.required_as("amount", "industryData.tickets.amount", money)?,
            amount_total: fields.required_as(
                "amountTotal",
                "industryData.tickets.amountTotal",
                money,
            )?,
            restricted: fields.required_switch("restricted", "industryData.tickets.restricted")?,
            agency_code,
            agency_name,
            airport_code,
            segments: fields
                .required_objects("segments", "industryData.tickets.segments")?
                .into_iter()
                .map(SegmentData::read)
                .collect::<Result<_, _>>()?,
        };
        fields.finish()?;
        Ok(ticket)
    }

    fn to_ticket(&self) -> Result<Ticket, Unreadable> {
        let segments = self.segments.iter().map(SegmentData::to_segment);
        Ok(Ticket {
            number: self.number.clone(),
            passenger_name: self.passenger_name.clone(),
            amount: decimal(&self.amount)?,
            amount_total: decimal(&self.amount_total)?,
            restricted: self.restricted,
            agency_code: self.agency_code.clone(),
            agency_name: self.agency_name.clone(),
            airport_code: self.airport_code.clone(),
            segments: segments.collect::<Result<_, _>>()?,
        })
    }
}

impl SegmentData {
    fn read(mut fields: Fields) -> Result<Self, Problem> {
        let mut text = |name, full_name| fields.required_as(name, full_name, any_text);
        let service_class = text("serviceClass", "industryData.tickets.segments.serviceClass")?;
        let fare_basis_code = text(
            "fareBasisCode",
            "industryData.tickets.segments.fareBasisCode",
        )?;
        let dest_city = text("destCity", "industryData.tickets.segments.destCity")?;
        let carrier_code = text("carrierCode", "industryData.tickets.segments.carrierCode")?;
        let stopover_code = text("stopoverCode", "industryData.tickets.segments.stopoverCode")?;
        let flight_number = text("flightNumber", "industryData.tickets.segments.flightNumber")?;
        let segment = Self {
            amount: fields.required_as("amount", "industryData.tickets.segments.amount", money)?,
            service_class,
            fare_basis_code,
            dest_city,
            carrier_code,
            stopover_code,
            departure_date: fields.required_as(
                "departureDate",
                "industryData.tickets.segments.departureDate",
                date,
            )?,
            flight_number,
        };
        fields.finish()?;
        Ok(segment)
    }

    fn to_segment(&self) -> Result<Segment, Unreadable> {
        let date = OffsetDateTime::parse(&self.departure_date, &Rfc3339);
        Ok(Segment {
            amount: decimal(&self.amount)?,
            service_class: self.service_class.clone(),
            fare_basis_code: self.fare_basis_code.clone(),
            dest_city: self.dest_city.clone(),
            carrier_code: self.carrier_code.clone(),
            stopover_code: self.stopover_code.clone(),
            departure_date: date.map_err(|_| Unreadable)?,
            flight_number: self.flight_number.clone(),
        })
    }
}

fn money(text: &str) -> Result<String, &'static str> {
    hundredths::parse(text)
        .map(|_| text.to_owned())
        .ok_or("must be digits, a point and exactly two more digits, such as `10.00`")
}

fn date(text: &str) -> Result<String, &'static str> {
    OffsetDateTime::parse(text, &Rfc3339)
        .map(|_| text.to_owned())
        .map_err(|_| "must be a time with an offset, such as 2026-01-31T12:00:00+03:00")
}

fn decimal(text: &str) -> Result<Decimal, Unreadable> {
    hundredths::parse(text).ok_or(Unreadable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn personal_data_is_not_printed() {
        let data = serde_json::json!({"type": "avia", "tickets": []});
        let data: IndustryData = serde_json::from_value(data).unwrap();
        assert_eq!(format!("{data:?}"), "IndustryData(…)");
    }
}
