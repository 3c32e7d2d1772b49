import type { EcsFields } from '@vigie/contracts';
import { describe, expect, it } from 'vitest';
import { necessaryLiterals } from './necessary-literals.ts';
import { parseUserAgent, putUserAgent } from './user-agent.ts';
import { AgentRuleList, loadAgentRules, readAgentRules } from './user-agent-rules.ts';

const AGENTS = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.1 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Safari/605.1.15',
  'Mozilla/5.0 (Linux; Android 13; SM-S918B) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/112.0.0.0 Mobile Safari/537.36',
  'Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:121.0) Gecko/20100101 Firefox/121.0',
  'Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1; Trident/4.0)',
  'curl/8.5.0',
  'Wget/1.21.4',
  'python-requests/2.31.0',
  'Go-http-client/1.1',
  'examplebot/2.1 (+http://www.example.com/bot.html)',
  'okhttp/4.12.0',
  'sqlmap/1.7.2#stable (https://sqlmap.org)',
  'Opera/9.80 (Windows NT 6.1) Presto/2.12.388 Version/12.16',
  'made-up thing',
  '',
];

describe('parseUserAgent', () => {
  it('names browser, system and device', () => {
    expect(parseUserAgent(AGENTS[0]!)).toEqual({
      name: 'Chrome',
      version: '120.0.0',
      device: 'Other',
      osName: 'Windows',
      osVersion: '10',
    });
    expect(parseUserAgent(AGENTS[1]!)).toMatchObject({
      name: 'Mobile Safari',
      device: 'iPhone',
      osName: 'iOS',
      osVersion: '17.1',
    });
    expect(parseUserAgent(AGENTS[2]!)).toMatchObject({
      name: 'Safari',
      osName: 'Mac OS X',
      osVersion: '10.15.7',
    });
    expect(parseUserAgent('curl/8.5.0')).toEqual({
      name: 'curl',
      version: '8.5.0',
      device: 'Other',
      osName: 'Other',
    });
    expect(parseUserAgent('made-up thing')).toEqual({ name: 'Other', device: 'Other', osName: 'Other' });
  });

  it('writes ECS fields, and none for no agent', () => {
    const doc: EcsFields = {};
    putUserAgent(doc, 'Wget/1.21.4');
    expect(doc).toEqual({
      'user_agent.original': 'Wget/1.21.4',
      'user_agent.name': 'Wget',
      'user_agent.version': '1.21.4',
      'user_agent.device.name': 'Other',
      'user_agent.os.name': 'Other',
    });
    const none: EcsFields = {};
    putUserAgent(none, '-');
    putUserAgent(none, '');
    expect(none).toEqual({});
  });

  // In quadratic time these lengths would outlast the test's own time.
  it('is bounded in time on agents made to be slow', () => {
    const hostile = [
      'a',
      ' ',
      '/1.1',
      '; Build/',
      'Android ; ',
      'CFNetwork',
      'bot',
      'spider crawl bot ',
      '(',
      '1',
    ];
    for (const part of hostile) {
      const text = part.repeat(Math.ceil(100_000 / part.length));
      for (let i = 0; i < 20; i++) expect(() => parseUserAgent(`${i}${text}`)).not.toThrow();
    }
  });
});

describe('AgentRuleList', () => {
  it('finds the rule that trying all of them in order finds', () => {
    const texts = [
      ...AGENTS,
      ...AGENTS.map((agent) => agent.toLowerCase()),
      'SAMSUNG-GT-I9100/1.0',
      'Nokia6600',
    ];
    for (const rules of loadAgentRules().values()) {
      const list = new AgentRuleList(rules);
      for (const text of texts) {
        const expected = rules.find(({ source, flags }) => new RegExp(source, flags).test(text));
        expect(list.match(text)?.rule, text).toBe(expected);
      }
    }
  });
});

describe('readAgentRules', () => {
  it('reads quotes, flags and replacements', () => {
    const lists = readAgentRules(
      [
        'user_agent_parsers:',
        '  # a comment',
        "  - regex: 'It''s (\\d+)'",
        "    family_replacement: 'Its $1'",
        'os_parsers:',
        "  - regex: 'Plan9'",
        'device_parsers:',
        "  - regex: 'thing'",
        "    regex_flag: 'i'",
        '',
      ].join('\n'),
    );
    expect(lists.get('user_agent_parsers')).toEqual([
      { source: "It's (\\d+)", flags: '', replacements: { family_replacement: 'Its $1' } },
    ]);
    expect(lists.get('device_parsers')![0]!.flags).toBe('i');
  });
  it('refuses a form that it does not know', () => {
    expect(() => readAgentRules('user_agent_parsers:\n  - regex: "double"')).toThrow('line 2');
    expect(() => readAgentRules('other_parsers:\n')).toThrow('line 1');
  });
});

describe('necessaryLiterals', () => {
  it.each<[string, string[][]]>([
    ['Chrome/(\\d+)', [['Chrome/']]],
    ['^(?:Foo|Barbaz) x?y', [['Foo'], ['Barbaz']]],
    ['(Firefox)/(\\d+)\\.(\\d+)', [['Firefox']]],
    ['abc|defg', [['abc'], ['defg']]],
    ['abc|d', [[]]],
    ['(?:long)?ab', [[]]],
    ['ab{0,3}', [[]]],
    ['x+yz\\.com', [['yz.com']]],
    ['[abc]+', [[]]],
    ['(?=look)abcd', [['abcd']]],
    ['', [[]]],
  ])('%s', (source, expected) => {
    expect(necessaryLiterals(source)).toEqual(expected);
  });
});
