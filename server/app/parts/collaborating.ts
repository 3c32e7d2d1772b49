import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  ClamdScanner,
  FileVault,
  KnownBadScanner,
  parseClamdAddress,
  type Scanner,
} from '../../collaboration/index.ts';
import { CampaignStore } from '../../storage/state/campaign-store.ts';
import { ConversationStore } from '../../storage/state/conversation-store.ts';
import { NoticeStore } from '../../storage/state/notice-store.ts';
import { RequestStore } from '../../storage/state/request-store.ts';
import { AssetNews } from '../collaboration/asset-news.ts';
import { Campaigns } from '../collaboration/campaigns.ts';
import { Conversations } from '../collaboration/conversation.ts';
import { HandOvers } from '../collaboration/hand-overs.ts';
import { Requests } from '../collaboration/request-book.ts';
import { RequestDesk } from '../collaboration/requests.ts';
import { CollaborationRound } from '../collaboration/round.ts';
import { Scanning } from '../collaboration/scanning.ts';
import { Teller } from '../collaboration/telling.ts';
import type { Base } from './base.ts';
import type { Reading } from './reading.ts';
import type { Storage } from './storage.ts';
import type { Telling } from './telling.ts';

/** Puts together what provider and client do with each other. */
export function createCollaborating(
  base: Base,
  { db, directory, accounts }: Storage,
  { rules, assets }: Reading,
  { mailer, renderer, outbox, language }: Telling,
) {
  const { config, log } = base.options;
  const { now } = base;
  const store = new ConversationStore(db);
  const requests = new RequestStore(db);
  const notices = new NoticeStore(db);
  const vault = new FileVault(join(config.data, 'attachments'), config.attachments.maxBytes);
  const wakeMailer = () => mailer?.wake();
  const tenant = (id: string) => {
    const row = directory.tenant(id);
    return row === undefined
      ? undefined
      : { name: row.name, language: row.language, timeZone: row.time_zone };
  };
  const contacts = (id: string) => directory.tenant(id)?.contacts ?? [];
  const teller = new Teller({
    notices,
    outbox,
    renderer,
    tenant,
    link: (id) => `${base.publicUrl()}/incidents/${id}`,
    wakeMailer,
    publish: base.publish,
    now,
  });
  const desk = new RequestDesk({
    store: requests,
    conversation: store,
    teller,
    renderer,
    accounts,
    tenant,
    language,
    provider: config.provider,
    minded: (id, entities) => assets.minded(id, entities),
    answerPage: () => `${base.publicUrl()}/answer`,
    wakeMailer,
    now,
  });
  const scanning = new Scanning({ store, vault, scanners: scannersOf(base, store), teller, now, log });
  const conversations = new Conversations({
    store,
    vault,
    requests: desk,
    teller,
    accounts,
    contacts,
    quota: config.attachments.maxTenantBytes,
    scan: scanning.wake,
    now,
  });
  const round = new CollaborationRound({
    requests,
    desk,
    conversation: store,
    notices,
    vault,
    scanning,
    teller,
    wakeMailer,
    now,
    log,
    every: config.requests.checkMs,
  });
  return {
    conversations,
    assetComments: new AssetNews(teller, accounts),
    handOvers: new HandOvers({
      outbox,
      renderer,
      accounts,
      tenant,
      provider: config.provider.name,
      link: (id) => `${base.publicUrl()}/incidents${id === undefined ? '?owner=me' : `/${id}`}`,
      wakeMailer,
      now,
      log,
    }),
    requests: new Requests({ desk, conversations, teller, accounts, contacts }),
    notices: {
      list: (scope: Parameters<NoticeStore['list']>[0], account: string) => notices.list(scope, account),
      read: (
        scope: Parameters<NoticeStore['list']>[0],
        account: string,
        ids: readonly string[] | undefined,
      ) => notices.read(scope, account, ids, now()),
    },
    campaigns: new Campaigns(new CampaignStore(db), now, (id) => rules.known(id)?.rule.title),
    /** For clocks (`ClientWaits`) and automation (`DecisionDesk`). */
    desk,
    /** Begins to look after what is open, when mails can be sent. */
    start: (): void => {
      round.start();
      base.onStop(async () => {
        await round.stop();
        await scanning.stop();
      });
    },
  };
}

/** What provider and client do with each other. */
export type Collaborating = ReturnType<typeof createCollaborating>;

/** Known hashes first, which cost nothing; then ClamAV, where there is one. */
function scannersOf(base: Base, store: ConversationStore): Scanner[] {
  const { badHashes, clamd } = base.options.config.attachments;
  const listed = badHashes === undefined ? new Set<string>() : readHashes(badHashes);
  const known = new KnownBadScanner(async (sha256) =>
    listed.has(sha256) ? 'listed' : await store.infectedBefore(sha256),
  );
  return clamd === undefined ? [known] : [known, new ClamdScanner(parseClamdAddress(clamd))];
}

/** One SHA-256 a line; anything after it, and lines that begin with `#`, are remarks. */
function readHashes(file: string): Set<string> {
  const hashes = new Set<string>();
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const hash = /^\s*([0-9a-f]{64})\b/i.exec(line)?.[1];
    if (hash !== undefined) hashes.add(hash.toLowerCase());
  }
  return hashes;
}
