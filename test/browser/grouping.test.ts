import type { IncidentSummary, IncidentView } from '@vigie/contracts/api';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CHROMIUM, openPage, screenshot, type WatchedPage } from '../support/browser.ts';
import { until } from '../support/until.ts';
import { ADMINISTRATOR, Vigie } from '../support/vigie.ts';

let vigie: Vigie;
let watched: WatchedPage;
let page: Page;

const incidents = async () =>
  (await vigie.api.get<{ items: IncidentSummary[] }>('/api/incidents?tenant=harbour&sort=age')).items;

describe.runIf(CHROMIUM !== undefined)('grouping in Chromium', () => {
  beforeAll(async () => {
    vigie = await Vigie.start();
    await vigie.addTenant('harbour', { name: 'Harbour Authority' });
    const token = await vigie.addSource('harbour', 'servers');
    const at = (seconds: number) => new Date(Date.now() - seconds * 1000).toISOString();
    await fetch(`${vigie.run.url}/api/ingest/servers`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body: [
        `<86>1 ${at(120)} web02 sudo 900 - - intruder : TTY=pts/0 ; PWD=/home/intruder ; USER=root ; COMMAND=/usr/bin/find /srv -exec /bin/sh ;`,
        `<86>1 ${at(60)} web02 useradd 901 - - new user: name=helper, UID=0, GID=0, home=/root, shell=/bin/bash, from=none`,
      ].join('\n'),
    });
    await until('an incident of two alerts', async () =>
      (await incidents()).find(({ alerts }) => alerts >= 2),
    );
    watched = await openPage(vigie.run.url);
    page = watched.page;
    await page.goto('/incidents');
    await page.getByLabel('E-mail').fill(ADMINISTRATOR.email);
    await page.getByLabel('Password').fill(ADMINISTRATOR.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Incidents' }).waitFor();
    watched.complaints.splice(0);
  });
  afterAll(async () => {
    await watched?.close();
    await vigie?.remove();
  });

  test('why an alert is there; splitting it off, merging, and taking out again', async () => {
    const [one] = await incidents();
    await page.goto(`/incidents/${one!.id}`);
    const why = page.getByTestId('alert').getByTestId('why');
    await why.first().waitFor();
    const view = await vigie.api.get<IncidentView>(`/api/incidents/${one!.id}`);
    const joined = view.alertList.find(({ reason }) => reason?.terms.some(({ term }) => term === 'shared'))!;
    for (const each of await why.all()) await each.locator('summary').click();
    await page.getByText(joined.reason!.terms[0]!.text).first().waitFor();
    await screenshot(page, 'grouping-why');

    await page.getByTestId('alert').last().getByTestId('split').click();
    const made = await until('the new incident', async () =>
      (await incidents()).find(({ id }) => id !== one!.id),
    );
    await page
      .getByText(/split off into INC-/)
      .first()
      .waitFor();

    await page.getByRole('textbox', { name: 'Merge' }).fill(`INC-${made.id}`);
    await page.getByRole('button', { name: 'Merge' }).click();
    const takeOut = page.getByRole('button', { name: `Take INC-${made.id} out again` });
    await takeOut.waitFor();
    expect(await incidents()).toHaveLength(1);
    await takeOut.click();
    await until('both again', async () => (await incidents()).length === 2);
    expect(watched.complaints).toEqual([]);
  });

  test('a loose alert says why it is loose and where it could be; one key puts it there, one takes it out', async () => {
    const [one, other] = await incidents();
    await vigie.api.ok('POST', `/api/incidents/${one!.id}/merge`, { incidents: [other!.id] });
    const { alertList } = await vigie.api.get<IncidentView>(`/api/incidents/${one!.id}`);
    const { id } = alertList[0]!;
    await vigie.api.ok('POST', `/api/incidents/${one!.id}/detach`, { alerts: [id] });
    const held = async () =>
      (await vigie.api.get<IncidentView>(`/api/incidents/${one!.id}`)).alertList.some((a) => a.id === id);
    expect(await held()).toBe(false);

    await page.goto('/alerts?tenant=harbour');
    await page.getByTestId('loose-group').first().waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('w');
    const why = page.getByTestId('loose-why');
    await why.getByText('Somebody took it out of an incident.').waitFor();
    const tie = why.getByTestId('loose-tie').first();
    await tie.getByText(`INC-${one!.id}`).first().waitFor();
    await tie.getByText('web02', { exact: true }).waitFor();
    await tie.getByText('it joins by itself from 5 on').waitFor();
    await screenshot(page, 'loose-why');

    await page.keyboard.press('i');
    await page.getByText(`It is in INC-${one!.id} now.`).first().waitFor();
    await until('the alert in the incident', held);
    await page.keyboard.press('z');
    await page.getByText(`Out of INC-${one!.id} again.`).waitFor();
    await until('the alert loose again', async () => !(await held()));

    // The same by mouse.
    await page.getByTestId('loose-group').first().getByRole('button', { name: 'Why', exact: true }).click();
    await tie.getByRole('button', { name: `Put into INC-${one!.id}` }).click();
    await until('the alert in the incident again', held);
    expect(watched.complaints).toEqual([]);
  });
});
