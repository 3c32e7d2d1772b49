const PATHS = {
  home: 'M1.500 8 8 2l6.500 6M3.500 6.500V14h9V6.500M6.500 14v-4h3v4',
  incidents: 'M8 1.5 15 14H1zM8 6v4M8 11.8v.6',
  events: 'M2 3h12M2 6.4h12M2 9.8h8M2 13.2h5',
  sources: 'M2 4.5h8l-2.5-3M14 11.5H6l2.5 3',
  mappings: 'M1.500 4h3M1.500 12h3M11.500 4h3M11.500 12h3M4.500 4l7 8M4.500 12l7-8M1.500 8h13',
  coverage:
    'M2 2.500h3.200v3.200H2zM6.400 2.500h3.200v3.200H6.400zM10.800 2.500H14v3.200h-3.200zM2 6.900h3.200v3.200H2zM6.400 6.900h3.200v3.200H6.400zM2 11.300h3.200v3.200H2z',
  assets: 'M2 2.500h12v8H2zM5.500 13.500h5M8 10.500v3',
  rules: 'M3 1.8h7l3 3v9.4H3zM5.4 7.4h5.2M5.4 10.4h3.4',
  procedures:
    'M3 1.800h10v12.400H3zM5 5.200l.9.900 1.600-1.800M5 9.400l.9.900L7.500 8.500M9.200 5.500h2M9.200 9.700h2',
  exceptions:
    'M4.300 6.500v3l-1 2h8.200M6.600 13.600h2.800M5.400 4.200a3.300 3.300 0 0 1 5.900 2.300v2.300M2 2l12 12',
  outbox: 'M1.8 3.5h12.4v9H1.8zM1.8 4l6.2 5 6.2-5',
  tenants: 'M2 14V5l4.5-3v12M6.500 7H14v7M1 14h14M9 9.500h2.500M9 11.800h2.500',
  access:
    'M6 8.500a3 3 0 1 1 0-6 3 3 0 0 1 0 6zM1 14c.4-2.600 2.300-4 5-4M14 8l-3.500 3.500M10.500 11.500v2.500h2.500',
  webhooks:
    'M5.800 7.600 8 4M8 4a2.100 2.100 0 1 1 2.600 2.200M10.200 8.300l2 3.600M12.200 11.900a2.100 2.100 0 1 1-3-1.100H5.500M5.500 10.800a2.100 2.100 0 1 1-1.700-2.300',
  audit: 'M3 1.800h10v12.400H3zM5.400 5h5.200M5.400 8h3M7 11.200l1.200 1.200 2.600-2.800',
  status: 'M1 8.500h3l2-5.500 3.500 10 2-4.500H15',
  search: 'M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10zM10.800 10.800 14.500 14.500',
  bell: 'M3.500 11.500h9l-1.200-2V6.500a3.300 3.300 0 0 0-6.600 0v3zM6.600 13.600h2.800',
  theme: 'M8 1.800a6.200 6.200 0 1 0 0 12.400zM8 1.800a6.200 6.200 0 0 1 0 12.400',
  close: 'M3.500 3.500l9 9M12.500 3.500l-9 9',
  copy: 'M5.500 5.500h8v8h-8zM10.500 5.500v-3h-8v8h3',
  plus: 'M8 3v10M3 8h10',
  minus: 'M3 8h10',
  more: 'M3 8h.01M8 8h.01M13 8h.01',
  back: 'M9.500 3 4.500 8l5 5',
  next: 'M6.500 3l5 5-5 5',
  down: 'M3.500 6 8 10.500 12.500 6',
  external: 'M9 2.500h4.500V7M13.500 2.500 7.500 8.500M11 9v4.500H2.500V5H7',
  check: 'M2.500 8.500 6.500 12.500 13.500 4',
  columns: 'M2 2.500h12v11H2zM6 2.500v11M10 2.500v11',
  help: 'M5.500 6a2.500 2.500 0 1 1 3.600 2.200c-.800.400-1.100.800-1.100 1.800M8 12.400v.2',
  refresh: 'M13.500 8A5.500 5.500 0 1 1 11.800 4M12.200 1.500v3h-3',
  comment: 'M2 2.500h12v8.500H7L4 13.800V11H2z',
  clock: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12zM8 4.500V8l2.500 1.500',
  key: 'M10.500 9.500a4 4 0 1 0-3.800-2.700L1.500 12v2.500H4V13h1.500v-1.500H7l1-1.300a4 4 0 0 0 2.500-.7zM11.200 5h.01',
} as const;

/** Name of a drawn icon. */
export type IconName = keyof typeof PATHS;

/** A 16-unit line icon in the colour of its text; decoration only, so the control around it needs a name. */
export function Icon({ name, size = 15 }: { name: IconName; size?: number }) {
  return (
    <svg
      viewBox="0 0 16 16"
      width={size}
      height={size}
      fill="none"
      stroke="currentColor"
      strokeWidth="1.4"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}

/** The mark: a watchtower and its beam. */
export function Mark({ size = 24 }: { size?: number }) {
  return (
    <svg viewBox="0 0 32 32" width={size} height={size} aria-hidden="true" focusable="false">
      <path d="M16.500 11.400 30 6.400v10z" fill="#f2b84b" />
      <path
        d="M12.600 9.200 16 5.600l3.400 3.600zM12.900 10.400h6.200v3.400h-6.200zM11.600 15h8.800l-.5 1.700h-7.800zM12.600 18h6.800l1.700 9H10.900z"
        fill="currentColor"
      />
    </svg>
  );
}
