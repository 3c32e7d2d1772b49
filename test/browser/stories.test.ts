import type { IncidentSummary } from '@vigie/contracts/api';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { account, type SignedIn } from '../support/account.ts';
import { CHROMIUM, openPage, screenshot, type WatchedPage } from '../support/browser.ts';
import { MailServer, type TakenMail } from '../support/mail-server.ts';
import { until } from '../support/until.ts';
import { Vigie } from '../support/vigie.ts';

/** What people wrote down of the scanner: it has to be seen by whoever might cut it off. */
const NOTE = 'MRI console, never isolate without calling';
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
const PATIENCE = 30_000;
/** A whole story, on a machine that does other things as well. */
const STORY = 180_000;

let mails: MailServer;
let vigie: Vigie;
let watched: WatchedPage;
const contexts: BrowserContext[] = [];
/** Ingest tokens by tenant. */
const tokens = new Map<string, string>();

/** A browser of somebody's own; what any of them complains of fails the story. */
async function browserOf(options: object = {}): Promise<Page> {
  const context = await watched.browser.newContext({
    baseURL: vigie.run.url,
    locale: 'en-GB',
    timezoneId: 'Europe/Brussels',
    viewport: { width: 1440, height: 900 },
    ...options,
  });
  contexts.push(context);
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE);
  page.on('pageerror', (error) => watched.complaints.push(`error: ${error.message}`));
  page.on('console', (message) => {
    // Before somebody has signed in, their session is a 401.
    if (message.type() === 'error' && !message.text().includes('401'))
      watched.complaints.push(`console: ${message.text()}`);
  });
  return page;
}

async function signIn(page: Page, who: SignedIn): Promise<void> {
  await page.getByLabel('E-mail').fill(who.email);
  await page.getByLabel('Password').fill(who.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** Somebody becomes administrator on a machine of a client, which makes an incident. */
async function intrusion(tenant: string, host: string): Promise<number> {
  const answer = await fetch(`${vigie.run.url}/api/ingest/servers`, {
    method: 'POST',
    headers: { authorization: `Bearer ${tokens.get(tenant)}` },
    body: `<86>1 ${new Date().toISOString()} ${host} sudo 900 - - intruder : TTY=pts/0 ; PWD=/home/intruder ; USER=root ; COMMAND=/usr/bin/find /var/lib/backup -exec /bin/sh ;`,
  });
  expect(answer.status).toBe(200);
  return until(
    'the incident',
    async () => {
      const { items } = await vigie.api.get<{ items: IncidentSummary[] }>(`/api/incidents?tenant=${tenant}`);
      return items[0]?.id;
    },
    PATIENCE,
  );
}

/** The mail to somebody that says something in its subject, as it arrived. */
function mailTo(who: { readonly email: string }, subject: RegExp): Promise<TakenMail> {
  return until(
    `a mail to ${who.email} about ${subject}`,
    () => mails.mails.find((mail) => mail.to.includes(who.email) && subject.test(mail.subject)),
    PATIENCE,
  );
}

/** Opens the list of news and looks for a line; the number beside the bell says that there is something. */
async function newsOf(page: Page, kind: string): Promise<ReturnType<Page['locator']>> {
  await page.getByRole('button', { name: /^News for you: \d+ unread/ }).waitFor();
  await page.getByRole('button', { name: /^News for you/ }).click();
  const line = page.getByTestId('notices').locator(`li[data-kind="${kind}"]`).first();
  await line.waitFor();
  return line;
}

async function fits(page: Page): Promise<void> {
  expect(
    await page.evaluate<number>(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    ),
  ).toBeLessThanOrEqual(0);
}

describe.runIf(CHROMIUM !== undefined)('stories in Chromium', () => {
  let mona: SignedIn;
  let ada: SignedIn;
  let bea: SignedIn;
  let rosa: SignedIn;

  beforeAll(async () => {
    mails = await new MailServer().open();
    vigie = await Vigie.start({
      config: {
        mail: mails.settings,
        provider: { name: 'Watch', phone: '+32 2 555 01 99' },
        detection: { mailDelayMs: 300 },
      },
    });
    await vigie.addTenant('elm', {
      name: 'Elm Hill Hospital',
      timeZone: 'Europe/Brussels',
      contacts: [
        { name: 'Rosa Klein', email: 'rosa@elm.example', phone: '+32 2 555 02 01', minLevel: 'low' },
      ],
    });
    await vigie.addTenant('quay', { name: 'Quay Logistics' });
    for (const tenant of ['elm', 'quay']) tokens.set(tenant, await vigie.addSource(tenant, 'servers'));
    const person = (name: string, role: string, email: string, tenants: string[] | null = null) =>
      account(vigie, { name, email, role, tenants });
    mona = await person('Mona Marsh', 'soc-manager', 'mona@watch.example');
    ada = await person('Ada Ames', 'analyst', 'ada@watch.example');
    bea = await person('Bea Bly', 'analyst', 'bea@watch.example');
    rosa = await person('Rosa Klein', 'client-responder', 'rosa@elm.example', ['elm']);
    await vigie.api.ok('PUT', '/api/assets', {
      items: [
        {
          tenant: 'elm',
          kind: 'host',
          name: 'mri-01',
          type: 'medical-device',
          criticality: 'critical',
          note: NOTE,
          handling: ['never-isolate', 'call-first'],
          phone: '+32 2 555 02 02',
        },
      ],
    });
    for (const [id, name, member] of [
      ['analysts', 'Ada Ames', ada],
      ['managers', 'Mona Marsh', mona],
    ] as const)
      await vigie.api.ok('PUT', `/api/rotas/${id}`, {
        name: id,
        members: [{ name, email: member.email }],
        shifts: [{ name: 'all day', from: '00:00', to: '00:00', days: [1, 2, 3, 4, 5, 6, 7], members: [0] }],
        startsOn: new Date(Date.now() - 86_400_000).toISOString().slice(0, 10),
      });
    const high = { contain: 600 };
    await vigie.api.ok('PUT', '/api/tenants/quay/profile', {
      contract: { name: 'Gold', levels: { high, critical: high }, warnAt: [0.01] },
    });
    watched = await openPage(vigie.run.url);
  });
  afterAll(async () => {
    for (const context of contexts) await context.close();
    await watched?.close();
    await vigie?.remove();
    await mails?.close();
  });

  test(
    'a client’s responder answers and approves from mails, signs in, and comments on the scanner',
    async () => {
      const id = await intrusion('elm', 'mri-01');

      // The analyst sees the warning before anything else, takes the incident, and asks.
      const soc = await browserOf();
      await soc.goto('/incidents');
      await signIn(soc, ada);
      const row = soc.getByTestId('incident-row').filter({ hasText: 'mri-01' });
      await row.getByTestId('row-warning').getByText(NOTE).waitFor();
      await row.getByRole('link', { name: /Administrator rights/ }).click();
      await soc.getByTestId('asset-warnings').first().getByText(NOTE).waitFor();
      await soc.keyboard.press('a');
      await soc
        .getByTestId('incident-owner')
        .getByRole('combobox')
        .locator('option:checked', { hasText: 'Ada Ames' })
        .waitFor({ state: 'attached' });
      await soc.getByRole('button', { name: 'Ask the client…' }).click();
      const dialog = soc.getByRole('dialog');
      await dialog
        .getByLabel('What do you want to know?')
        .fill('Somebody became root on mri-01. Was this you?');
      await dialog.getByRole('button', { name: 'Send the question' }).click();
      await dialog.waitFor({ state: 'detached' });

      // The mail about the incident: the same in both of its parts, with the note where the advice is.
      const told = await mailTo(rosa, /^\[INC-\d+ · High\]/);
      for (const part of [told.html, told.text]) {
        expect(part).toContain('Administrator rights gained by a trick on mri-01 by intruder');
        expect(part).toContain(NOTE);
        expect(part).toContain('never isolate');
        expect(part).toContain(`${vigie.run.url}/incidents/${id}`);
        expect(part.search(/before you do anything/i)).toBeLessThan(part.search(/what to do now/i));
      }
      const paper = await browserOf(PHONE);
      await paper.setContent(told.html);
      await paper.getByText('Before you do anything').waitFor();
      await fits(paper);
      await screenshot(paper, 'mail-incident-phone');

      // On her phone, without an account, Rosa answers by the link of the question.
      const question = await mailTo(rosa, /Question: please answer/);
      expect(question.html).toContain('Was this you?');
      const phone = await browserOf(PHONE);
      await phone.goto(/https?:\/\/\S+\/answer#\S+/.exec(question.text)![0]);
      await phone.getByTestId('asked').filter({ hasText: 'Was this you?' }).waitFor();
      await fits(phone);
      await phone.getByRole('radio', { name: 'No', exact: true }).check();
      await phone.getByRole('button', { name: 'Send the answer' }).click();
      await phone.getByTestId('answered').getByText('No', { exact: true }).waitFor();

      // The answer arrives at the analyst by itself; isolating is proposed with the note in sight.
      const conversation = soc.getByTestId('conversation');
      await conversation.getByTestId('answers').getByText('by the link sent to rosa@elm.example').waitFor();
      await soc.getByRole('button', { name: 'Ask for a decision…' }).click();
      await dialog.getByTestId('asset-warnings').getByText(NOTE).waitFor();
      await dialog.getByLabel('What is to be decided?').fill('Isolate mri-01');
      await dialog
        .getByLabel('What would you do, why, and what does it cost the client?')
        .fill('Take it off the network until the intruder is out. Scans wait for an hour.');
      await dialog.getByRole('button', { name: 'Send for decision' }).click();
      await dialog.waitFor({ state: 'detached' });

      const decision = await mailTo(rosa, /Please decide: Isolate mri-01/);
      for (const part of [decision.html, decision.text]) {
        expect(part).toContain(NOTE);
        expect(part).toContain('+32 2 555 02 02');
      }
      await phone.goto('about:blank');
      await phone.goto(/https?:\/\/\S+\/answer#\S+/.exec(decision.text)![0]);
      await phone.getByTestId('mind').getByText(NOTE).waitFor();
      await phone.getByTestId('mind').getByText('Never isolate', { exact: true }).waitFor();
      await phone.getByRole('link', { name: '+32 2 555 01 99' }).waitFor();
      await fits(phone);
      await screenshot(phone, 'decision-by-link-phone');

      // Before she approves, the portal asks her for the same; she decides by the link all the same.
      const portal = await browserOf();
      await portal.goto('/');
      await signIn(portal, rosa);
      await portal.getByRole('link', { name: 'Isolate mri-01' }).waitFor();
      await screenshot(portal, 'portal-asked');
      await portal.getByRole('link', { name: 'Isolate mri-01' }).click();
      const waiting = portal.getByTestId('request').filter({ hasText: 'Isolate mri-01' });
      await waiting.getByTestId('asset-warnings').getByText(NOTE).waitFor();
      // The link on the home page leads to the question itself, not to the top of a long page.
      await until('the conversation in sight', async () => {
        const box = await portal
          .getByRole('heading', { name: 'Conversation with your security team' })
          .boundingBox();
        return box !== null && box.y >= 0 && box.y < 900;
      });
      expect(await portal.getByTestId('incident-status').innerText()).toBe('Waiting for you');
      await phone.getByLabel('Remark').fill('Called radiology, the room is empty.');
      await phone.getByRole('button', { name: 'Approve' }).click();
      await phone.getByTestId('answered').getByText('Isolate mri-01').waitFor();
      // What was decided elsewhere shows in the open portal.
      await waiting.getByText('Approved').waitFor();

      // From the incident she comes to the scanner, and leaves word there.
      await portal.getByRole('complementary').getByRole('link', { name: 'Asset: mri-01' }).click();
      await portal.getByTestId('asset-mind').getByText(NOTE).waitFor();
      await portal.getByLabel('Comment').fill('Night scans begin at six; be done by then.');
      await portal.getByRole('button', { name: 'Comment' }).click();
      await portal.getByTestId('asset-timeline').getByText('Night scans begin at six').waitFor();
      await portal.setViewportSize({ width: 390, height: 844 });
      await fits(portal);

      // The analyst has the approval and its remark on the page, and is led to the comment.
      const decided = conversation.getByTestId('request').filter({ hasText: 'Isolate mri-01' });
      await decided.getByText('Approved').waitFor();
      await decided.getByText('Called radiology, the room is empty.').waitFor();
      await soc.getByTestId('timeline-entry').filter({ hasText: 'Comment on the asset mri-01' }).waitFor();
      const news = await newsOf(soc, 'asset-comment');
      await news.getByText('mri-01: Night scans begin at six; be done by then.').waitFor();
      await news.getByRole('link', { name: 'Rosa Klein wrote about something in your incident' }).click();
      await soc.getByTestId('asset-timeline').getByText('Night scans begin at six').waitFor();

      // The note is wherever the scanner is: the analyst's home, the inventory, an event, a search's result.
      await soc.getByRole('link', { name: 'Home' }).first().click();
      await soc.getByTestId('card').filter({ hasText: 'In your hands' }).getByText(NOTE).waitFor();
      await soc
        .getByTestId('card')
        .filter({ hasText: 'What clients said' })
        .getByText('Rosa Klein approved')
        .waitFor();
      await soc.goto('/assets?tenant=elm');
      await soc.getByTestId('asset-row').getByText(NOTE).waitFor();
      const [event] = await vigie.events('intruder', ['elm']);
      await soc.goto(`/events?tenant=elm&event=${event!.id}&at=${event!.at}`);
      await soc.getByTestId('event-panel').getByTestId('asset-warnings').getByText(NOTE).waitFor();
      expect(watched.complaints).toEqual([]);
    },
    STORY,
  );

  test(
    'a SOC manager sees a breach coming and hands the incident to somebody on duty, who is told',
    async () => {
      // Everybody is at work; Bea, who is not on duty, has the incident.
      const chief = await browserOf();
      await chief.goto('/');
      await signIn(chief, mona);
      const breaches = chief.getByTestId('card').filter({ hasText: 'Breaches coming within 24 hours' });
      await breaches.getByText('Nobody runs out of time').waitFor();
      const [desk, other] = [await browserOf(), await browserOf()];
      for (const [page, who] of [
        [desk, ada],
        [other, bea],
      ] as const) {
        await page.goto('/incidents?tenant=quay');
        await signIn(page, who);
        await page.getByRole('heading', { name: 'Incidents' }).waitFor();
      }
      const id = await intrusion('quay', 'dock-01');
      await bea.api.ok('PATCH', `/api/incidents/${id}`, { owner: 'me', status: 'in-progress' });

      // Home shows it without a reload: which, what for, how long, whose. The mail and the news say so too.
      const line = breaches.getByRole('listitem').filter({ hasText: `INC-${id}` });
      await line.getByText('Soon due').waitFor();
      expect(await line.innerText()).toMatch(/Contain[\s\S]*left[\s\S]*Bea Bly[\s\S]*Quay Logistics/);
      await screenshot(chief, 'home-breach-coming');
      const warning = await mailTo(mona, new RegExp(`1% used: containment, INC-${id}, Quay Logistics`));
      for (const part of [warning.html, warning.text]) expect(part).toContain('Bea Bly');
      await (await newsOf(chief, 'clock-warning')).getByText('Its time is running out').waitFor();
      await chief.keyboard.press('Escape');
      await (await newsOf(other, 'clock-warning')).getByText('dock-01').waitFor();
      await other.keyboard.press('Escape');

      // The page of the clocks, and from there the incident.
      await breaches.getByRole('link', { name: /^See all/ }).click();
      const clock = chief.getByTestId('clock-row').filter({ hasText: `INC-${id}` });
      await clock.getByText('Soon due').waitFor();
      await chief.getByTestId('on-call-now').getByText('Ada Ames').waitFor();
      await clock.getByRole('link', { name: new RegExp(`INC-${id}`) }).click();
      await chief.getByTestId('clock-contain').getByText('Soon due').waitFor();
      const owner = chief.getByTestId('incident-owner').getByRole('combobox');
      await owner
        .locator('optgroup[label="On call now"] option', { hasText: 'Ada Ames' })
        .waitFor({ state: 'attached' });
      expect(await owner.locator('optgroup[label="Not on call"] option').allInnerTexts()).toContain(
        'Bea Bly',
      );
      // People of the client can't be given what the provider promised.
      expect(await owner.innerText()).not.toContain('Rosa Klein');
      await owner.selectOption('Ada Ames');
      await chief.getByText(`INC-${id} handed to Ada Ames.`).waitFor();

      // Ada hears of it on the page she has open, and by mail; Bea, that it is off her hands.
      await (await newsOf(desk, 'assigned')).getByText('Mona Marsh gave it to you').waitFor();
      await screenshot(desk, 'news-assigned');
      await desk.keyboard.press('Escape');
      const handed = await mailTo(ada, new RegExp(`^\\[INC-${id}\\] Mona Marsh gave it to you`));
      for (const part of [handed.html, handed.text]) {
        expect(part).toContain(`INC-${id} · Quay Logistics · Administrator rights`);
        expect(part).toContain(`${vigie.run.url}/incidents/${id}`);
      }
      const freed = await newsOf(other, 'handed-on');
      await freed.getByText('Mona Marsh took it off your hands').waitFor();
      await freed.getByText(/^Ada Ames · /).waitFor();

      // The queue names the new owner for both, and the clocks count for her.
      await desk
        .getByTestId('incident-row')
        .filter({ hasText: `INC-${id}` })
        .getByText('Ada Ames')
        .waitFor();
      await chief.getByRole('link', { name: 'Incidents', exact: true }).first().click();
      await chief
        .getByTestId('incident-row')
        .filter({ hasText: `INC-${id}` })
        .getByText('Ada Ames')
        .waitFor();
      await desk.goto('/');
      await desk.getByTestId('card').filter({ hasText: 'In your hands' }).getByText('dock-01').waitFor();

      // Who did it is on record, by name.
      await chief.getByRole('link', { name: 'Audit log' }).click();
      const record = chief.getByTestId('audit-row').filter({ hasText: `INC-${id}: Bea Bly → Ada Ames` });
      await record.getByText('Mona Marsh').waitFor();
      await record.getByText('Quay Logistics').waitFor();
      await record.getByRole('link', { name: `INC-${id}`, exact: true }).waitFor();
      expect(watched.complaints).toEqual([]);
    },
    STORY,
  );
});
