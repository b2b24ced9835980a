/** Reads `"Petra Vogt" <petra@x.example>` as people say it. */
export function personOf(mailbox: string): string {
  let match = /^\s*"?([^"<]*?)"?\s*<([^>]+)>\s*$/.exec(mailbox);
  return match?.[1] || match?.[2] || mailbox;
}
export function addressOf(mailbox: string): string {
  return /<([^>]+)>/.exec(mailbox)?.[1] ?? mailbox.trim();
}

/** Files that a click could run: they are only ever saved, never opened or shown. */
const DANGEROUS =
  /\.(exe|msi|msix|bat|cmd|com|scr|pif|ps1|psm1|vbs|vbe|js|jse|mjs|wsf|wsh|hta|cpl|jar|lnk|url|desktop|sh|bash|command|app|dmg|pkg|deb|rpm|appimage|apk|reg|iso|img|vhd|html?|xhtml|mht|mhtml|svg|xml|xsl|docm|dotm|xlsm|xltm|xlam|pptm|potm|ppam|one|chm|scf|inf|py|rb|pl|php)$/i;
export const isDangerous = (name: string) => DANGEROUS.test(name.trim());

const PICTURES = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];
export const isPicture = (type: string) => PICTURES.includes(type.toLowerCase());
