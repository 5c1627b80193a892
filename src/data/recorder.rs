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
            objects: 0,
            arrays: 0,
            pending: 0,
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
///
/// A hand-written `Serialize` can make serde_json write something else than JSON, such as a field of
/// a struct that it said has none. Then the members are forgotten, so that the text is parsed and
/// refused.
struct Recorder<'a> {
    len: &'a Cell<usize>,
    /// The objects that have begun and not ended.
    objects: usize,
    arrays: usize,
    /// The keys whose value has not ended.
    pending: usize,
    key_start: u32,
    /// The keys of the outermost object, with their quotes.
    keys: &'a mut Option<Vec<Range<u32>>>,
}

impl Recorder<'_> {
    /// Not right in a text of 4 GiB, whose keys are not used.
    fn position(&self) -> u32 {
        self.len.get() as u32
    }

    fn require(&mut self, is_json: bool) {
        if !is_json {
            *self.keys = None;
        }
    }
}

impl Formatter for Recorder<'_> {
    fn begin_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        if self.len.get() == 0 {
            *self.keys = Some(Vec::with_capacity(16));
        }
        self.objects += 1;
        writer.write_all(b"{")
    }

    fn end_object<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.require(self.pending + 1 == self.objects);
        self.objects = self.objects.saturating_sub(1);
        writer.write_all(b"}")
    }

    fn begin_object_key<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        self.require(self.pending + 1 == self.objects);
        if !first {
            writer.write_all(b",")?;
        }
        self.key_start = self.position();
        Ok(())
    }

    fn end_object_key<W: ?Sized + io::Write>(&mut self, _writer: &mut W) -> io::Result<()> {
        self.pending += 1;
        let end = self.position();
        if let (1, Some(keys)) = (self.objects, &mut *self.keys) {
            keys.push(self.key_start..end);
        }
        Ok(())
    }

    fn end_object_value<W: ?Sized + io::Write>(&mut self, _writer: &mut W) -> io::Result<()> {
        self.require(self.pending == self.objects);
        self.pending = self.pending.saturating_sub(1);
        Ok(())
    }

    fn begin_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.arrays += 1;
        writer.write_all(b"[")
    }

    fn end_array<W: ?Sized + io::Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.require(self.arrays > 0);
        self.arrays = self.arrays.saturating_sub(1);
        writer.write_all(b"]")
    }

    // serde_json does not check the text of a `RawValue`, or of a number of any precision, again.

    fn write_raw_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        self.require(false);
        writer.write_all(fragment.as_bytes())
    }

    fn write_number_str<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        value: &str,
    ) -> io::Result<()> {
        self.require(false);
        writer.write_all(value.as_bytes())
    }
}
