import { describe, expect, it } from 'vitest';
import { SignInThrottle } from './throttle.ts';

const ATTACKER = '198.51.100.7';
const HOME = '203.0.113.9';
const EMAIL = 'anna@example.org';

function throttle() {
  let now = 1_000_000;
  const made = new SignInThrottle(() => now);
  return { made, pass: (ms: number) => (now += ms) };
}

/** How many of so many tries at once are allowed. */
const allowed = (made: SignInThrottle, n: number, address: string, email = EMAIL, knownDevice?: string) =>
  Array.from({ length: n }, () => made.begin({ address, email, knownDevice })).filter((wait) => wait === 0)
    .length;

describe('guessing passwords', () => {
  it('is slowed down by account and address, twice as long each time, a quarter of an hour at most', () => {
    const { made, pass } = throttle();
    expect(allowed(made, 100, ATTACKER)).toBe(5);
    let last = 0;
    for (let n = 0; n < 12; n++) {
      const wait = made.begin({ address: ATTACKER, email: EMAIL });
      expect(wait).toBeGreaterThanOrEqual(Math.min(last * 2, 900_000) - 1);
      expect(wait).toBeLessThanOrEqual(900_000);
      last = wait;
      pass(wait);
      expect(made.begin({ address: ATTACKER, email: EMAIL })).toBe(0);
    }
    expect(last).toBe(900_000);
  });

  it('at many accounts is slowed down by address', () => {
    const { made } = throttle();
    const tries = Array.from({ length: 200 }, (_, n) => allowed(made, 1, ATTACKER, `p${n}@example.org`));
    expect(tries.filter((n) => n === 1)).toHaveLength(30);
  });

  it('does not lock the person out: not at another address, and not on a known device at the same one', () => {
    const { made } = throttle();
    allowed(made, 1000, ATTACKER);
    for (let n = 0; n < 100; n++) allowed(made, 10, ATTACKER, `p${n}@example.org`);
    expect(made.begin({ address: HOME, email: EMAIL })).toBe(0);
    expect(made.begin({ address: ATTACKER, email: EMAIL })).toBeGreaterThan(0);
    expect(made.begin({ address: ATTACKER, email: EMAIL, knownDevice: 'hers' })).toBe(0);
  });

  it('with a stolen device is slowed down as well', () => {
    const { made } = throttle();
    expect(allowed(made, 100, ATTACKER, EMAIL, 'stolen')).toBe(10);
    expect(allowed(made, 1, ATTACKER, EMAIL, 'hers')).toBe(1);
  });

  it('can’t change its address within the network of an IPv6 line', () => {
    const { made } = throttle();
    const tries = Array.from({ length: 100 }, (_, n) =>
      allowed(made, 1, n % 2 === 0 ? `2001:db8:1:2::${n.toString(16)}` : `2001:db8:1:2:${n}:0:0:1`),
    );
    expect(tries.filter((n) => n === 1)).toHaveLength(5);
    expect(allowed(made, 1, '2001:db8:1:3::1')).toBe(1);
    expect(allowed(made, 100, '::ffff:198.51.100.7')).toBe(5);
    expect(allowed(made, 1, '198.51.100.7')).toBe(0);
  });

  it('costs a bounded memory, and filling it does not clear what is being held up', () => {
    const { made } = throttle();
    for (let n = 0; n < 150_000; n++)
      made.begin({ address: `10.${n >> 16}.${(n >> 8) & 255}.${n & 255}`, email: `${n}@example.org` });
    allowed(made, 100, ATTACKER);
    for (let n = 0; n < 20_000; n++)
      made.begin({ address: `11.0.${(n >> 8) & 255}.${n & 255}`, email: `${n}@example.org` });
    expect(made.begin({ address: ATTACKER, email: EMAIL })).toBeGreaterThan(0);
  });

  it('is forgotten once the password was right', () => {
    const { made } = throttle();
    for (let n = 0; n < 100; n++) {
      expect(made.begin({ address: HOME, email: EMAIL })).toBe(0);
      made.succeeded({ address: HOME, email: EMAIL });
    }
  });
});
