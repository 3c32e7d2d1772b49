import { fileURLToPath } from 'node:url';
import { LANGUAGES } from '@vigie/contracts/api';
import { describe, expect, test } from 'vitest';
import type {
  AssignedMail,
  ClockMail,
  IncidentMail,
  MentionMail,
  OperationsMail,
  RequestMail,
  TellMail,
  TestMail,
} from './model.ts';
import { createMailRenderer } from './render.ts';
import { defang, defangName, headerLine, visible } from './safe-text.ts';
import { loadStrings } from './strings.ts';

const directory = fileURLToPath(new URL('../../../templates/mail', import.meta.url));
const provider = { name: 'Watch & Co', phone: '+32 2 555 01 99', email: 'soc@example.org' };
const mails = createMailRenderer({ directory, provider });

const incident: IncidentMail = {
  tenant: 'Example Ltd',
  timeZone: 'Europe/Brussels',
  link: 'https://vigie.example.org/incidents/42?a=1&b=2',
  reason: 'new',
  number: 42,
  level: 'high',
  title: 'SSH brute force against web01 from 203.0.113.5',
  firstAt: Date.parse('2026-03-04T10:00:00Z'),
  lastAt: Date.parse('2026-03-04T10:12:00Z'),
  entities: [
    { type: 'host', value: 'web01' },
    { type: 'ip', value: '203.0.113.5' },
  ],
  techniques: [{ id: 'T1110.001', name: 'Password Guessing' }],
  summary: 'Someone tried many passwords.\n\nIt matters because one of them may work.',
  advice: ['Block the address.', 'Change the password.'],
  evidence: [
    {
      at: Date.parse('2026-03-04T10:05:00Z'),
      title: 'SSH brute force',
      fields: [
        { field: 'source.ip', value: '203.0.113.5' },
        { field: 'winlog.custom', value: 'x' },
      ],
    },
  ],
  evidenceTotal: 1234,
};
const silent: OperationsMail = {
  tenant: 'Example Ltd',
  timeZone: 'Europe/Rome',
  notice: 'source-silent',
  source: { name: 'Firewall HQ', technology: 'Fortinet FortiGate' },
  since: Date.parse('2026-07-04T10:00:00Z'),
  silentForMs: 7_500_000,
};
const testMail: TestMail = {
  tenant: 'Example Ltd',
  timeZone: 'UTC',
  sentAt: 0,
  server: 'mail.example.org:587',
};
const question: RequestMail = {
  tenant: 'Example Ltd',
  timeZone: 'Europe/Brussels',
  link: 'https://vigie.example.org/answer#token',
  occasion: 'new',
  kind: 'question',
  number: 42,
  title: null,
  text: 'Was this you?',
  choices: ['Yes', 'No'],
  risk: null,
  dueAt: Date.parse('2026-03-04T10:00:00Z'),
  recipient: 'Eve Adams',
};
const decision: RequestMail = { ...question, kind: 'decision', title: 'Isolate web01', risk: 'high' };
const mind = [
  {
    name: 'mri-01',
    criticality: 'critical',
    handling: ['never-isolate', 'call-first'],
    phone: '+39 0123',
    note: 'MRI console <b>never</b> isolate',
  },
] as const;
const clock: ClockMail = {
  tenant: 'Example Ltd',
  timeZone: 'UTC',
  link: 'https://vigie.example.org/incidents/42',
  acknowledge: 'https://vigie.example.org/api/calls/token',
  reason: 'warning',
  clock: 'contain',
  basis: 'Gold',
  share: 0.8,
  number: 42,
  level: 'high',
  title: 'SSH brute force',
  dueAt: Date.parse('2026-03-04T10:00:00Z'),
  owner: null,
  step: 1,
};
const one: AssignedMail = {
  tenant: 'Example Ltd',
  timeZone: 'UTC',
  link: 'https://vigie.example.org/incidents/42',
  author: 'Ann',
  incidents: [{ number: 42, tenant: 'Example Ltd', title: 'Download from https://evil.example/x <script>' }],
};
const many: AssignedMail = {
  ...one,
  incidents: Array.from({ length: 30 }, (_, n) => ({ ...one.incidents[0]!, number: n + 1 })),
};
const mention: MentionMail = {
  tenant: 'Example Ltd',
  timeZone: 'UTC',
  link: 'https://vigie.example.org/incidents/42',
  number: 42,
  title: 'SSH brute force',
  author: 'Ann',
  body: '@Eve see https://evil.example/x <script>',
};

const tell: TellMail = {
  tenant: 'Example Ltd',
  timeZone: 'UTC',
  link: 'https://vigie.example.org/incidents/42',
  number: 42,
  recipient: 'Eve Adams',
  subject: null,
  text: 'First line\nsecond\n\nNew paragraph',
  passOn: 'Tell the police',
};

describe('mails', () => {
  test('an incident in English, HTML and text', async () => {
    const { subject, html, text } = await mails.render('incident', 'en', incident);
    expect(subject).toBe('[INC-42 · High] SSH brute force against web01 from 203.0.113.5');
    for (const part of [html, text]) {
      expect(part).toContain('one of them may work');
      expect(part).toContain('Block the address.');
      expect(part).toContain('+32 2 555 01 99');
      expect(part).toContain('4 March 2026 at 11:05:00 CET');
      expect(part).toContain('Password Guessing (T1110.001)');
      expect(part).toContain('From address: ');
      expect(part).toContain('winlog.custom: ');
      expect(part).toContain('1,233 further observations');
    }
    expect(html).toContain('href="https://vigie.example.org/incidents/42?a=1&amp;b=2"');
    expect(text).toContain('https://vigie.example.org/incidents/42?a=1&b=2');
    expect(html).toContain('Watch &amp; Co');
    expect(html).toContain('lang="en"');
    expect(html).toContain('prefers-color-scheme: dark');
    expect(html.length).toBeLessThan(60_000);
  });

  test('what people wrote is shown in mails, never obeyed, and its addresses are no links', async () => {
    const { html, text } = await mails.render('mention', 'en', mention);
    expect(html).toContain('&lt;script&gt;');
    for (const part of [html, text]) expect(part).toContain('hxxps://evil[.]example/x');
  });

  test('what a person tells somebody keeps its lines, to the last one, and a subject is one line', async () => {
    const lines = Array.from({ length: 600 }, (_, n) => `line ${n}`);
    const { subject, html, text } = await mails.render('tell', 'en', {
      ...tell,
      subject: 'one\r\nBcc: thief@example.org',
      text: `${lines.join('\n')}\n\n\u202eend`,
    });
    expect(subject).toBe('one Bcc: thief@example.org');
    for (const line of lines) expect(text).toContain(`${line}\n`);
    expect(html).toContain('line 598<br />line 599');
    for (const part of [html, text]) {
      expect(part).toContain('\\u{202e}end');
      expect(part).toContain('Tell the police');
    }
  });

  test.each(LANGUAGES)('every kind in %s, with nothing left to fill', async (language) => {
    const texts = [
      await mails.render('incident', language, incident),
      await mails.render('incident', language, { ...incident, reason: 'escalated', link: undefined }),
      await mails.render('operations', language, silent),
      await mails.render('operations', language, { ...silent, since: null }),
      await mails.render('operations', language, { ...silent, notice: 'source-back' }),
      await mails.render('test', language, testMail),
      await mails.render('factors', language, {
        tenant: 'Example Ltd',
        timeZone: 'UTC',
        recipient: 'Eve Adams',
        by: 'Ann',
        at: 0,
      }),
      await mails.render('tell', language, tell),
      await mails.render('tell', language, { ...tell, passOn: null, link: undefined }),
      await mails.render('request', language, question),
      await mails.render('request', language, { ...question, occasion: 'reminder' }),
      await mails.render('request', language, decision),
      await mails.render('request', language, { ...decision, occasion: 'reminder' }),
      await mails.render('mention', language, mention),
      await mails.render('clock', language, clock),
      await mails.render('assigned', language, one),
      await mails.render('assigned', language, many),
    ];
    for (const { subject, html, text } of texts) {
      for (const part of [subject, html.replace(/<style[\s\S]*?<\/style>/g, ''), text])
        expect(part).not.toMatch(/\{\{|\{%|%\}|\{[a-z]+\}|undefined|\[object/);
      expect(text).toContain('Example Ltd');
    }
    expect(new Set(texts.map(({ text }) => text)).size).toBe(texts.length);
  });

  test('languages have the same texts, none of them left in English', async () => {
    const english = await loadStrings(directory, 'en');
    for (const language of LANGUAGES.filter((other) => other !== 'en')) {
      const strings = await loadStrings(directory, language);
      expect(strings.keys).toEqual(english.keys);
      const same = english.keys.filter(
        (key) =>
          /^(incident|operations|test|call|footer)\./.test(key) &&
          strings.textOr(key, '') === english.textOr(key, '-'),
      );
      expect(same).toEqual(['incident.subject']);
    }
  });

  test('words follow language and zone', async () => {
    const fr = await mails.render('operations', 'fr', silent);
    expect(fr.subject).toBe('Source de journaux muette : Firewall HQ');
    expect(fr.text).toMatch(/4 juillet 2026.*12:00:00/);
    expect(fr.text).toMatch(/2\sheures 5\sminutes/);
    const de = await mails.render('incident', 'de', incident);
    expect(de.subject).toMatch(/^\[INC-42 · Hoch\]/);
    expect(de.text).toContain('1.233 weitere');
  });

  test.each(LANGUAGES)('in %s it says what must be minded of a machine', async (language) => {
    for (const { html, text } of [
      await mails.render('incident', language, { ...incident, mind }),
      await mails.render('request', language, { ...decision, mind }),
      await mails.render('clock', language, { ...clock, mind }),
    ]) {
      expect(text).toMatch(/mri-01: .+ · .+ · .+ · \+39 0123 · MRI console <b>never<\/b> isolate/);
      expect(html).toContain('&lt;b&gt;never&lt;/b&gt;');
    }
  });

  test('who was given many at once gets one mail, which names some and leads to all', async () => {
    const { subject, html, text } = await mails.render('assigned', 'en', {
      ...many,
      link: 'https://vigie.example.org/incidents?owner=me',
    });
    expect(subject).toBe('Ann gave you 30 incidents');
    expect(
      text.match(/^INC-\d+ · Example Ltd · Download from hxxps:\/\/evil\[\.\]example\/x <script>$/gm),
    ).toHaveLength(20);
    expect(html).not.toContain('<script');
    expect((await mails.render('assigned', 'en', one)).subject).toBe('[INC-42] Ann gave it to you');
  });

  test('reading a mail fetches nothing from anywhere', async () => {
    for (const { html } of [
      await mails.render('incident', 'en', { ...incident, link: undefined }),
      await mails.render('operations', 'en', silent),
      await mails.render('request', 'en', { ...question, link: undefined }),
      await mails.render('clock', 'en', { ...clock, link: undefined, acknowledge: '' }),
      await mails.render('assigned', 'en', { ...one, link: undefined }),
    ]) {
      expect(html).not.toMatch(/<link|@import|<img|url\(/i);
      expect(html.match(/https?:\/\/[^"'\s<]+/g) ?? []).toEqual(
        (html.match(/https?:\/\/[^"'\s<]+/g) ?? []).filter((url) => url.startsWith('http://www.w3.org/')),
      );
    }
  });

  test('nothing in a log is obeyed: HTML, script, Liquid, line breaks', async () => {
    const attack = '"><script>alert(1)</script><img src=x onerror=alert(2)>{{ provider.phone }}{% raw %}';
    const { subject, html, text } = await mails.render('incident', 'en', {
      ...incident,
      tenant: attack,
      title: `${attack}\r\nBcc: evil@example.net`,
      summary: attack,
      advice: [attack],
      entities: [{ type: 'user', value: `${attack}\u202egpj.exe` }],
      techniques: [{ id: attack, name: attack }],
      evidence: [
        { at: 0, title: attack, fields: [{ field: attack, value: `${attack}\r\n\r\nCALL 555 NOW` }] },
      ],
      link: 'javascript:alert(1)',
    });
    expect(subject).not.toMatch(/[\r\n]/);
    expect(subject).toContain('{{ provider.phone }}');
    expect(html).not.toMatch(/<script|<img|javascript:/i);
    expect(html.match(/\{\{ provider\.phone \}\}/g)?.length).toBeGreaterThanOrEqual(8);
    expect(html).not.toContain('\u202e');
    expect(html).toContain('\\u{202e}');
    expect(text).not.toMatch(/^CALL 555 NOW/m);
    // The shape of the document is the one of a harmless mail.
    const harmless = await mails.render('incident', 'en', { ...incident, link: undefined });
    const tags = (markup: string) => [...markup.matchAll(/<(script|img|a|iframe|form|svg|style)\b/gi)].length;
    expect(tags(html)).toBe(tags(harmless.html));
  });

  test('addresses of attackers are not clickable', async () => {
    const { html, text } = await mails.render('incident', 'en', {
      ...incident,
      title: 'Download from http://evil.example.net/a',
      evidence: [
        {
          at: 0,
          title: 'x',
          fields: [
            { field: 'url.original', value: 'HTTPS://evil.example.net/a.b?c' },
            { field: 'dns.question.name', value: 'evil.example.net' },
          ],
        },
      ],
    });
    for (const part of [html, text]) {
      expect(part).not.toMatch(/https?:\/\/evil|evil\.example\.net/i);
      expect(part).toContain('hxxp://evil[.]example[.]net/a');
    }
  });

  test('a broken template says so and does not stop the others', async () => {
    const broken = createMailRenderer({ directory: '/nonexistent', provider });
    await expect(broken.render('test', 'en', testMail)).rejects.toMatchObject({
      code: 'VIGIE_RESPOND_TEMPLATE',
    });
  });
});

describe('texts from logs', () => {
  test('become one visible line', () => {
    expect(visible('a\r\nb\u0000c\u202ed', 100)).toBe('a b\\u{0}c\\u{202e}d');
    expect(visible('x'.repeat(500), 10)).toBe(`${'x'.repeat(9)}…`);
    expect(visible('😀'.repeat(10), 6)).toBe('😀😀\ufffd…');
    expect(visible('\ud800', 6)).toBe('\ufffd');
  });
  test('become a subject', () => {
    expect(headerLine('a\r\n\tb  c\u2028d')).toBe('a b cd');
    expect(headerLine('y'.repeat(1000))).toHaveLength(180);
  });
  test('lose their links', () => {
    expect(defang('see https://a.example.com/x.y and http://b.example')).toBe(
      'see hxxps://a[.]example[.]com/x.y and hxxp://b[.]example',
    );
    expect(defang('www.example.com')).toBe('www[.]example.com');
    expect(defangName('a.example.com/x.html')).toBe('a[.]example[.]com/x.html');
    expect(defangName('https://a.example.com')).toBe('hxxps://a[.]example[.]com');
  });
  // In quadratic time these lengths would outlast the test's own time.
  test('in linear time', () => {
    const links = 'http://'.repeat(100_000);
    expect(defang(links)).not.toBe(links);
    expect(defang(`http://${'a.'.repeat(300_000)}`)).toContain('a[.]a');
    expect(visible('\u202e'.repeat(1_000_000), 300).length).toBeLessThan(3_000);
  });
});
