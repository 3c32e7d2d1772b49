import { isClientMessage, looksLikeNamed, NAMED_LITERALS, readNamed } from '../../kit/named.ts';
import { defineSource } from '../../kit/source.ts';

/** BIND 9: queries, answers, response policy zones, transfers, validation. */
export default defineSource({
  id: 'isc.bind',
  signatures: [
    {
      kind: 'app',
      names: ['named', 'named-pkcs11', 'bind', 'bind9'],
      // Appliances write records of a format of their own under the daemon's tag.
      test: ({ text }) => !text.startsWith('CEF:'),
    },
    // Its words behind a tag that a relay has changed.
    ...[' denied', ': query: ', ': view '].map((words) => ({
      kind: 'text' as const,
      prefix: 'client ',
      literals: ['#', words],
      test: isClientMessage,
    })),
    ...NAMED_LITERALS.map((literals) => ({ kind: 'text' as const, literals, test: looksLikeNamed })),
  ],
  parse(input, doc) {
    const outcome = readNamed(input, 'isc.bind.', doc);
    doc['process.name'] = 'named';
    return outcome;
  },
});
