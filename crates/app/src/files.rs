//! Attachments, originals and uploads: by article and attachment, never by hash.

use docket_domain::{AgentId, ArticleId, AttachmentId, command::NewAttachment};
use docket_store::{
    article,
    blob::{self, Upload},
};

use uuid::Uuid;

use crate::{
    access::readable_article,
    app::App,
    clock::new_id,
    error::{Error, Result},
    submit::Work,
    sync::Asking,
    view::{attachment_view, with_images},
    wire::{FileRef, UploadView},
};

const LARGEST: usize = 64 << 20;

/// A file to hand out.
#[derive(Clone, Debug)]
pub struct File {
    /// Its name.
    pub name: String,
    /// The media type it claims.
    pub content_type: String,
    /// The bytes.
    pub bytes: Vec<u8>,
    /// May it be shown inside a page? Only png, jpeg, gif and webp, and only when the bytes say so too.
    pub inline_ok: bool,
}

impl App {
    /// An attachment of an article.
    pub async fn attachment(&self, me: AgentId, article: ArticleId, id: AttachmentId) -> Result<File> {
        let mut tx = self.0.db.read().await?;
        let settings = self.settings_in(&mut tx).await?;
        readable_article(&mut tx, &settings, me, article).await?;
        let file = article::attachment(&mut tx, id).await?.filter(|file| file.article == article).ok_or(Error::NotFound("attachment"))?;
        drop(tx);
        let bytes = self.attachment_bytes(article, id, &file.sha256).await?;
        let image = image_type(&bytes);
        let content_type = image.map_or(file.content_type, str::to_owned);
        Ok(File { name: file.name, content_type, inline_ok: image.is_some(), bytes })
    }

    /// The original mail of an article, byte for byte.
    pub async fn raw(&self, me: AgentId, article: ArticleId) -> Result<Vec<u8>> {
        let mut tx = self.0.db.read().await?;
        let settings = self.settings_in(&mut tx).await?;
        let stored = readable_article(&mut tx, &settings, me, article).await?;
        drop(tx);
        let key = stored.article.raw.ok_or(Error::NotFound("original mail"))?;
        self.raw_bytes(article, &key).await
    }

    /// The HTML of an article as a page of its own; it was sanitised when it came in.
    pub async fn frame(&self, me: AgentId, article: ArticleId) -> Result<String> {
        let mut tx = self.0.db.read().await?;
        let settings = self.settings_in(&mut tx).await?;
        let stored = readable_article(&mut tx, &settings, me, article).await?;
        let files = article::attachments(&mut tx, stored.article.ticket).await?;
        let files: Vec<_> = files.iter().filter(|file| file.article == article).map(attachment_view).collect();
        let html = stored.article.html.unwrap_or_default();
        Ok(format!("<!doctype html><html><head><meta charset=\"utf-8\"></head><body>{}</body></html>", with_images(&html, &files)))
    }

    /// Keeps the bytes of one file, for a command of the same agent to name.
    pub async fn upload(&self, me: AgentId, name: &str, content_type: &str, bytes: Vec<u8>) -> Result<UploadView> {
        self.upload_as(new_id(), me, name, content_type, bytes).await
    }

    /// Keeps the bytes of one file under an id that its device has given it; brought twice, it is kept once.
    pub async fn take_left_file(&self, asking: Asking, id: Uuid, name: &str, content_type: &str, bytes: Vec<u8>) -> Result<()> {
        if blob::upload(&mut self.0.db.read().await?, id, asking.agent.0).await?.is_none() {
            self.upload_as(id, asking.agent, name, content_type, bytes).await?;
        }
        Ok(())
    }

    async fn upload_as(&self, id: Uuid, me: AgentId, name: &str, content_type: &str, bytes: Vec<u8>) -> Result<UploadView> {
        if bytes.len() > LARGEST {
            return Err(Error::TooLarge { limit_mb: (LARGEST >> 20) as u64 });
        }
        let size = i64::try_from(bytes.len()).unwrap_or(i64::MAX);
        let sha256 = self.0.blobs.put(bytes, self.now()).await?;
        let upload = Upload {
            id,
            agent_id: me.0,
            name: clean_name(name),
            content_type: clean_type(content_type),
            size,
            sha256,
            created_at: self.now(),
        };
        let mut tx = self.0.db.aside().await?;
        blob::note_upload(&mut tx, &upload).await?;
        tx.commit().await?;
        Ok(UploadView { upload_id: upload.id, name: upload.name, content_type: upload.content_type, size })
    }
}

impl Work {
    /// The files a command names: uploads of its own agent, or attachments of tickets that the agent may read.
    pub(crate) async fn files(&mut self, me: AgentId, refs: &[FileRef]) -> Result<Vec<NewAttachment>> {
        let mut files = Vec::with_capacity(refs.len());
        for wanted in refs {
            let (name, content_type, size, sha256, inline, content_id) = if let Some(id) = wanted.upload_id {
                let upload = blob::upload(&mut self.tx, id, me.0).await?.ok_or(Error::NotFound("upload"))?;
                (upload.name, upload.content_type, upload.size, upload.sha256, false, None)
            } else {
                let id = wanted.attachment_id.ok_or(Error::NotFound("attachment"))?;
                let file = article::attachment(&mut self.tx, id).await?.ok_or(Error::NotFound("attachment"))?;
                readable_article(&mut self.tx, &self.settings, me, file.article).await?;
                (file.name, file.content_type, file.size, file.sha256, file.inline, file.content_id)
            };
            let name = wanted.name.as_deref().map_or(name, clean_name);
            files.push(NewAttachment { id: new_id().into(), name, content_type, size, sha256, inline, content_id });
        }
        Ok(files)
    }
}

/// A name that is only a name: no folders, no control characters.
pub(crate) fn clean_name(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = last.chars().filter(|c| !c.is_control() && !"<>:\"|?*".contains(*c)).take(200).collect();
    let name = name.trim().trim_start_matches('.').to_owned();
    if name.is_empty() { "file".into() } else { name }
}

pub(crate) fn clean_type(content_type: &str) -> String {
    let good = content_type.len() <= 100
        && content_type.contains('/')
        && content_type.chars().all(|c| c.is_ascii_alphanumeric() || "/+-.".contains(c));
    if good { content_type.to_ascii_lowercase() } else { "application/octet-stream".into() }
}

/// The type of an image that pages may show, by its first bytes.
fn image_type(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some("image/gif"),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some("image/webp"),
        _ => None,
    }
}
