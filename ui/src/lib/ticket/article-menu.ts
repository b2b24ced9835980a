import Download from '@lucide/svelte/icons/download';
import Forward from '@lucide/svelte/icons/forward';
import Mail from '@lucide/svelte/icons/mail';
import Reply from '@lucide/svelte/icons/reply';
import ReplyAll from '@lucide/svelte/icons/reply-all';
import { api } from '$lib/api/client';
import { m } from '$lib/i18n/messages.svelte';
import type { Article, ComposeKind, Id } from '$lib/api/types';
import type { MenuItem } from '$lib/ui/Menu.svelte';

export interface ComposeWish {
  kind: ComposeKind;
  article?: Id;
}
interface Ways {
  oncompose: (wish: ComposeWish) => void;
  onunread: (article: Article) => void;
  onsave: (url: string, name: string) => void;
}

/** What can be done with one article. */
export function articleMenu(
  article: Article,
  mayAnswer: boolean,
  { oncompose, onunread, onsave }: Ways,
): MenuItem[] {
  let items: MenuItem[] = [];
  if (mayAnswer && article.channel === 'email') {
    items.push(
      {
        label: m.reply(),
        icon: Reply,
        hint: 'r',
        run: () => oncompose({ kind: 'reply', article: article.id }),
      },
      {
        label: m.reply_all(),
        icon: ReplyAll,
        hint: 'R',
        run: () => oncompose({ kind: 'reply_all', article: article.id }),
      },
      {
        label: m.forward(),
        icon: Forward,
        hint: 'f',
        run: () => oncompose({ kind: 'forward', article: article.id }),
      },
    );
  }
  items.push({
    label: m.mark_unread(),
    icon: Mail,
    hint: 'u',
    apart: items.length > 0,
    run: () => onunread(article),
  });
  if (article.raw) {
    items.push({
      label: m.save_original(),
      icon: Download,
      run: () => onsave(api.rawMail(article.id), `${article.subject || 'mail'}.eml`),
    });
  }
  return items;
}
