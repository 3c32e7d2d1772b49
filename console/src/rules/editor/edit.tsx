import { useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { Link, useParams } from 'wouter';
import { ApiFailure } from '../../api/client.ts';
import { queries } from '../../api/queries.ts';
import { useMayForAll, useSession } from '../../session.ts';
import { Empty, ErrorState, SkeletonRows } from '../../ui/states.tsx';
import { t } from '../strings.ts';
import { Editor } from './editor.tsx';
import { type Begin, today } from './saving.ts';
import { NEW_CASES, newRuleText } from './template.ts';

/** Writes a rule: a new one, or the next version of one that is there. */
export default function EditPage() {
  const { id } = useParams<{ id?: string }>();
  const provider = useMayForAll('rules.write');
  if (!provider)
    return (
      <div className="page">
        <Empty title={t.editor.locked}>{t.versions.reader}</Empty>
      </div>
    );
  return id === undefined ? <NewRule /> : <KnownRule key={id} id={id} />;
}

function NewRule() {
  const session = useSession();
  const [id] = useState(() => crypto.randomUUID());
  const [begin] = useState<Begin>(() => ({
    text: newRuleText(id, session.user.name, today()),
    cases: NEW_CASES,
    revision: 0,
    number: null,
  }));
  return <Editor id={id} fresh title={t.editor.newTitle} begin={begin} />;
}

function KnownRule({ id }: { id: string }) {
  const versions = useQuery(queries.ruleVersions(id));
  const newest = versions.data?.versions[0];
  const version = useQuery({
    ...queries.ruleVersion(id, newest?.number ?? 0),
    enabled: newest !== undefined,
  });
  const rule = useQuery(queries.rule(id));
  // What the editor began with stays, whoever saves meanwhile.
  const [begin, setBegin] = useState<Begin | null>(null);
  useEffect(() => {
    if (begin !== null || versions.data === undefined) return;
    if (newest !== undefined && version.data?.number !== newest.number) return;
    const from = version.data ?? versions.data.upstream;
    if (from)
      setBegin({
        text: from.text,
        cases: from.cases,
        revision: versions.data.revision,
        number: newest?.number ?? null,
      });
  }, [begin, newest, version.data, versions.data]);
  const error = versions.error ?? version.error;
  if (error instanceof ApiFailure && error.status === 404)
    return (
      <div className="page">
        <Empty title={t.notFound} />
      </div>
    );
  if (error !== null && begin === null)
    return (
      <div className="page">
        <ErrorState error={error} onRetry={() => void Promise.all([versions.refetch(), version.refetch()])} />
      </div>
    );
  if (versions.data !== undefined && versions.data.locked !== null)
    return (
      <div className="page">
        <Empty title={t.editor.locked}>
          <p>{versions.data.locked}</p>
          <Link href={`/rules/${encodeURIComponent(id)}`}>{t.editor.back}</Link>
        </Empty>
      </div>
    );
  if (begin === null)
    return (
      <div className="page">
        <SkeletonRows rows={12} />
      </div>
    );
  return <Editor id={id} fresh={false} title={t.editor.title(rule.data?.title ?? id)} begin={begin} />;
}
