/** Numbers as a line, oldest left; for shape only, the exact figures stand beside it. */
export function Sparkline({
  values,
  label,
  width = 120,
  height = 24,
}: {
  values: readonly number[];
  label: string;
  width?: number;
  height?: number;
}) {
  const most = Math.max(1, ...values);
  const step = values.length > 1 ? width / (values.length - 1) : width;
  const y = (value: number) => height - 1.5 - (Math.max(0, value) / most) * (height - 3);
  const points = values.map((value, index) => `${(index * step).toFixed(1)},${y(value).toFixed(1)}`);
  return (
    <svg
      width={width}
      height={height}
      viewBox={`0 0 ${width} ${height}`}
      role="img"
      aria-label={label}
      preserveAspectRatio="none"
    >
      <polygon points={`0,${height} ${points.join(' ')} ${width},${height}`} fill="var(--accent-weak)" />
      <polyline points={points.join(' ')} fill="none" stroke="var(--accent)" strokeWidth="1.25" />
    </svg>
  );
}
