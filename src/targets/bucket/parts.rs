//! Uploads in parts: of what is large, and of what stands there already and must bear another tag.
//!
//! Where a tag is a digest of the content it comes back with the content, and a write on its condition
//! is carried out however late it comes. What was uploaded in parts has a tag of another form.

use bytes::Bytes;
use opendal::layers::CapabilityOverrideLayer;
use opendal::options::{ReadOptions, WriteOptions};
use opendal::{ErrorKind, Metadata, Writer};

use crate::targets::bucket::objects::{Mark, Objects};

/// Larger files are sent in parts of this size, of which few are on their way at once.
pub(super) const PART: usize = 16 << 20;
/// From this size on; below it one request is cheaper.
const LARGE: usize = 64 << 20;
/// How many.
const AT_ONCE: usize = 2;

impl Mark {
    /// Whether the tag looks like one that comes back when the content is sent again as it was: an MD5
    /// of it, or of those of its parts, as Amazon has them. One part is what we make of it ourselves.
    pub(super) fn comes_back(&self) -> bool {
        let is_md5 = |tag: &str| tag.len() == 32 && tag.bytes().all(|c| c.is_ascii_hexdigit());
        let comes_back = |tag: &String| match tag.split_once('-') {
            Some((digest, parts)) => is_md5(digest) && parts != "1",
            None => is_md5(tag),
        };
        self.tag.as_ref().is_some_and(comes_back)
    }
}

impl Objects {
    /// Whether a file of this size is sent in parts.
    pub(super) fn sends_in_parts(&self, size: usize) -> bool {
        size > LARGE && self.operator.info().capability().write_can_multi
    }

    /// Writes an object in parts, which are all that is in memory a second time.
    pub(super) async fn write_parts(
        &self,
        key: &str,
        bytes: &[u8],
        options: WriteOptions,
    ) -> opendal::Result<Metadata> {
        let options = WriteOptions {
            chunk: Some(PART),
            concurrent: AT_ONCE,
            ..options
        };
        let mut writer = self.operator.writer_options(key, options).await?;
        let write = async |writer: &mut Writer| {
            for part in bytes.chunks(PART) {
                writer.write(Bytes::copy_from_slice(part)).await?;
            }
            writer.close().await
        };
        let written = write(&mut writer).await;
        clear(&mut writer, written).await
    }

    /// Copies an object onto itself in one part, so that it bears a tag of the other form.
    pub(super) async fn copy_onto_itself(
        &self,
        key: &str,
        size: u64,
        options: WriteOptions,
    ) -> opendal::Result<Metadata> {
        let source = ReadOptions {
            range: (0..size).into(),
            if_match: options.if_match.clone(),
            ..ReadOptions::default()
        };
        // A last part may be of any size, and here is no other; less than the smallest the library would
        // read and send as a whole.
        let any_size = CapabilityOverrideLayer::new(|mut can| {
            can.write_multi_min_size = Some(1);
            can
        });
        let operator = self.operator.clone().layer(any_size);
        let mut writer = operator.writer_options(key, options).await?;
        let copy = async |writer: &mut Writer| {
            writer.copy_from_options(key, source).await?;
            writer.close().await
        };
        let copied = copy(&mut writer).await;
        clear(&mut writer, copied).await
    }
}

/// Takes away the parts of an upload that came to nothing: they cost money and nobody sees them.
async fn clear(
    writer: &mut Writer,
    written: opendal::Result<Metadata>,
) -> opendal::Result<Metadata> {
    if written.is_err() {
        let _ = writer.abort().await;
    }
    written
}

/// Whether a server said that it does not know how, and not that the condition does not hold or that
/// it cannot keep up.
pub(super) fn is_inability(error: &opendal::Error) -> bool {
    !error.is_temporary()
        && !matches!(
            error.kind(),
            ErrorKind::ConditionNotMatch | ErrorKind::Conflict
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn case(tag: Option<&str>, expected: bool) {
        let tag = tag.map(str::to_owned);
        let mark = Mark { tag, version: None };
        assert_eq!(mark.comes_back(), expected);
    }

    #[test]
    fn a_tag_of_the_content_is_told_from_others() {
        case(Some("9b2cf535f27731c974343645a3985328"), true);
        case(Some("9b2cf535f27731c974343645a3985328-5"), true);
        case(Some("9b2cf535f27731c974343645a3985328-1"), false);
        case(Some("0x8DE2D4BFA6A1C30"), false);
        case(None, false);
    }
}
