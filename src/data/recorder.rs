//! Writes typed data as JSON and notes where the members are, so that the text is not parsed again.

use std::cell::Cell;
use std::io;
use std::ops::Range;

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::Formatter;

use crate::data::object::Object;

/// The JSON of `value`. If a struct or a map wrote it, its members are known already.
pub(crate) fn write<T: Serialize>(value: &T) -> serde_json::Result<Object> {
    let len = Cell::new(0);
    let mut keys = None;
    let mut serializer = Serializer::with_formatter(
        Text {
            bytes: Vec::with_capacity(128),
            len: &len,
        },
        Recorder {
            len: &len,
            depth: 0,
            key_start: 0,
            keys: &mut keys,
        },
    );
    value.serialize(&mut serializer)?;
    let text = String::from_utf8(serializer.into_inner().bytes)
        .expect("serde_json writes parts of strings, and its own ASCII");
    Ok(match keys {
        Some(keys) => Object::recorded(text, keys),
        None => Object::from_serde(text),
    })
}

/// A buffer whose length the recorder can see.
struct Text<'a> {
    bytes: Vec<u8>,
    len: &'a Cell<usize>,
}

impl io::Write for Text<'_> {
    #[inline]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.extend_from_slice(bytes);
        self.len.set(self.bytes.len());
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Compact JSON, as the trait writes it if nothing is overridden.
struct Recorder<'a> {
    len: &'a Cell<usize>,
    depth: usize,
    key_start: u32,
    /// The keys of the outermost object, with their quotes. `None` if there is none that serde_json
    /// wrote: a `RawValue` is copied as a whole.
    keys: &'a mut Option<Vec<Range<u32>>>,
}

impl Recorder<'_> {
    /// Not right in a text of 4 GiB, whose keys are not used.
    fn position(&self) -> u32 {
        self.len.get() as u32
    }
}

impl Formatter for Recorder<'_> {
    fn begin_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        if self.len.get() == 0 {
            *self.keys = Some(Vec::with_capacity(16));
        }
        self.depth += 1;
        writer.write_all(b"{")
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.depth -= 1;
        writer.write_all(b"}")
    }

    fn begin_object_key<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        if !first {
            writer.write_all(b",")?;
        }
        self.key_start = self.position();
        Ok(())
    }

    fn end_object_key<W: ?Sized + io::Write>(&mut self, _writer: &mut W) -> io::Result<()> {
        let end = self.position();
        if let (1, Some(keys)) = (self.depth, &mut *self.keys) {
            keys.push(self.key_start..end);
        }
        Ok(())
    }
}
