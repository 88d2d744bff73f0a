//! The columns of a finding. They are listed once, at the end of this file: attributes of `Finding`, the Arrow schema
//! and the batches follow from that list, and a Parquet file or a Spark table from the schema.

use std::{collections::HashMap, sync::Arc};

use arrow_array::{
    ArrayRef, RecordBatch,
    builder::{
        ArrayBuilder, BooleanBuilder, Int32Builder, Int64Builder, ListBuilder, StringBuilder,
        TimestampMicrosecondBuilder,
    },
};
use arrow_schema::{ArrowError, DataType, Field, Schema, SchemaRef, TimeUnit, ffi::FFI_ArrowSchema};
use chrono::DateTime;
use oauthsift::{Provider, Severity, Stage, render};
use pyo3::{IntoPyObjectExt as _, exceptions::PyRuntimeError, prelude::*, types::PyCapsule};

/// Name and version of the columns, in the metadata of the schema.
const SCHEMA: &str = "oauthsift.findings/1";
/// The column that the JSON does not have: the time as an instant.
const TIME_UTC: &str = "time_utc";

/// A value of a finding, as a Python object and in a column.
trait Value {
    type Builder: ArrayBuilder + Default;

    fn data_type() -> DataType;
    fn is_nullable() -> bool;
    fn append(&self, column: &mut Self::Builder);
    fn to_python<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>>;
}

/// Implements [`Value`]: a type, its column and how it is read.
macro_rules! value {
    ($type:ty, $builder:ty, $data_type:expr, $nullable:tt, |$value:ident| $read:expr) => {
        value!($type, $builder, $data_type, $nullable, |$value| $read, |$value| $read);
    };
    ($type:ty, $builder:ty, $data_type:expr, $nullable:tt, |$value:ident| $read:expr, |$own:ident| $python:expr) => {
        impl Value for $type {
            type Builder = $builder;

            fn data_type() -> DataType {
                $data_type
            }

            fn is_nullable() -> bool {
                $nullable
            }

            fn append(&self, column: &mut Self::Builder) {
                let $value = self;
                append_value!(column, $nullable, $read);
            }

            fn to_python<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
                let $own = self;
                $python.into_bound_py_any(py)
            }
        }
    };
}

macro_rules! append_value {
    ($column:ident, true, $read:expr) => {
        $column.append_option($read)
    };
    ($column:ident, false, $read:expr) => {
        $column.append_value($read)
    };
}

value!(String, StringBuilder, DataType::Utf8, false, |text| text.as_str());
value!(Option<String>, StringBuilder, DataType::Utf8, true, |text| text.as_deref());
value!(Option<&'static str>, StringBuilder, DataType::Utf8, true, |text| *text);
value!(Severity, StringBuilder, DataType::Utf8, false, |severity| severity.as_str());
value!(Stage, StringBuilder, DataType::Utf8, false, |stage| stage.as_str());
value!(Option<Provider>, StringBuilder, DataType::Utf8, true, |provider| provider.map(Provider::as_str));
value!(bool, BooleanBuilder, DataType::Boolean, false, |flag| *flag);
// Signed: Spark has no other numbers.
value!(u64, Int64Builder, DataType::Int64, false, |number| signed(*number), |number| *number);
value!(u32, Int64Builder, DataType::Int64, false, |number| i64::from(*number));
value!(Option<u32>, Int64Builder, DataType::Int64, true, |number| number.map(i64::from));
value!(Option<u16>, Int32Builder, DataType::Int32, true, |number| number.map(i32::from));

fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn list_of(item: DataType) -> DataType {
    DataType::List(Arc::new(Field::new("item", item, true)))
}

impl Value for Vec<String> {
    type Builder = ListBuilder<StringBuilder>;

    fn data_type() -> DataType {
        list_of(DataType::Utf8)
    }

    fn is_nullable() -> bool {
        false
    }

    fn append(&self, column: &mut Self::Builder) {
        column.append_value(self.iter().map(Some));
    }

    fn to_python<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.into_bound_py_any(py)
    }
}

impl Value for Vec<u32> {
    type Builder = ListBuilder<Int64Builder>;

    fn data_type() -> DataType {
        list_of(DataType::Int64)
    }

    fn is_nullable() -> bool {
        false
    }

    fn append(&self, column: &mut Self::Builder) {
        column.append_value(self.iter().map(|number| Some(i64::from(*number))));
    }

    fn to_python<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        self.into_bound_py_any(py)
    }
}

/// The time of a record as an instant; `None` when the log does not say in which time zone it is.
fn time_utc(timestamp: Option<&str>) -> Option<i64> {
    DateTime::parse_from_rfc3339(timestamp?).ok().map(|time| time.timestamp_micros())
}

/// One failing record. Attributes and meaning are those of the JSON report.
#[pyclass(frozen, eq, module = "oauthsift")]
#[derive(PartialEq)]
pub(crate) struct Finding(pub(crate) oauthsift::Finding);

impl Finding {
    fn summary(&self) -> String {
        let finding = &self.0;
        let code = finding.code.map_or_else(String::new, |code| format!(", code={code}"));
        format!("Finding(pattern={:?}{code}, source={:?}, line={})", finding.pattern, finding.source, finding.line)
    }

    fn json(&self) -> PyResult<String> {
        let mut line = Vec::new();
        render::json_line(&mut line, "finding", &self.0).map_err(failed)?;
        String::from_utf8(line).map_err(failed)
    }
}

fn failed(error: impl ToString) -> PyErr {
    PyRuntimeError::new_err(error.to_string())
}

/// The columns of a finding, in order: an Arrow schema.
#[pyclass(frozen, module = "oauthsift")]
pub(crate) struct FindingSchema;

#[pymethods]
impl FindingSchema {
    #[new]
    fn new() -> Self {
        Self
    }

    fn __arrow_c_schema__<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyCapsule>> {
        let schema = FFI_ArrowSchema::try_from(schema().as_ref()).map_err(failed)?;
        PyCapsule::new_with_value(py, schema, c"arrow_schema")
    }
}

/// Declares the columns.
macro_rules! columns {
    ($($name:ident: $type:ty,)*) => {
        #[pymethods]
        impl Finding {
            $(
                #[getter]
                fn $name<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
                    Value::to_python(&self.0.$name, py)
                }
            )*

            fn to_json(&self) -> PyResult<String> {
                self.json()
            }

            fn __repr__(&self) -> String {
                self.summary()
            }
        }

        /// Columns that are being filled.
        #[derive(Default)]
        pub(crate) struct BatchBuilder {
            rows: usize,
            time_utc: TimestampMicrosecondBuilder,
            $($name: <$type as Value>::Builder,)*
        }

        impl BatchBuilder {
            pub(crate) fn push(&mut self, finding: &oauthsift::Finding) {
                self.rows += 1;
                self.time_utc.append_option(time_utc(finding.timestamp.as_deref()));
                $(Value::append(&finding.$name, &mut self.$name);)*
            }

            pub(crate) fn rows(&self) -> usize {
                self.rows
            }

            /// The rows so far; none are left.
            pub(crate) fn finish(&mut self) -> Result<RecordBatch, ArrowError> {
                self.rows = 0;
                let times = self.time_utc.finish().with_timezone("UTC");
                let mut columns: Vec<ArrayRef> = vec![$(Arc::new(self.$name.finish()),)*];
                columns.push(Arc::new(times));
                RecordBatch::try_new(schema(), columns)
            }
        }

        /// The columns of a finding.
        pub(crate) fn schema() -> SchemaRef {
            let mut fields = vec![
                $(Field::new(stringify!($name), <$type as Value>::data_type(), <$type as Value>::is_nullable()),)*
            ];
            fields.push(Field::new(TIME_UTC, DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into())), true));
            let metadata = [("schema".to_owned(), SCHEMA.to_owned())];
            Arc::new(Schema::new_with_metadata(fields, HashMap::from(metadata)))
        }
    };
}

// In the order of the CSV. New ones are added at the end.
columns! {
    pattern: String,
    also: Vec<String>,
    title: String,
    severity: Severity,
    stage: Stage,
    source: String,
    node: Option<String>,
    offset: u64,
    line: u64,
    lines: u32,
    truncated: bool,
    timestamp: Option<String>,
    level: Option<String>,
    thread: Option<String>,
    user: Option<String>,
    request_id: Option<String>,
    session_id: Option<String>,
    client_ip: Option<String>,
    url: Option<String>,
    logger: Option<String>,
    mail_server: Option<String>,
    flow_id: Option<String>,
    provider: Option<Provider>,
    aadsts: Vec<u32>,
    code: Option<u32>,
    oauth_error: Option<String>,
    oauth_error_description: Option<String>,
    trace_id: Option<String>,
    correlation_id: Option<String>,
    idp_timestamp: Option<String>,
    app_id: Option<String>,
    tenant: Option<String>,
    mailbox: Option<String>,
    host: Option<String>,
    cloud: Option<&'static str>,
    notes: Vec<String>,
    http_status: Option<u16>,
    exception: Option<String>,
    message: String,
    excerpt: String,
    fix: Option<String>,
}
