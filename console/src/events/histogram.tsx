import 'uplot/dist/uPlot.min.css';
import { useEffect, useRef } from 'react';
import UPlot from 'uplot';
import type { Histogram as Data } from '../api/types.ts';
import { language, localeOf } from '../ui/language.ts';
import { compact } from '../ui/numbers.ts';
import { useShownScheme } from '../ui/theme.ts';
import css from './events.module.css';

const HEIGHT = 104;

/** Events over time as bars; dragging over them zooms. */
export default function Histogram(props: {
  data: Data;
  label: string;
  onZoom: (from: number, to: number) => void;
}) {
  const { data, label } = props;
  const box = useRef<HTMLDivElement>(null);
  const zoom = useRef(props.onZoom);
  useEffect(() => {
    zoom.current = props.onZoom;
  });
  const scheme = useShownScheme();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the scheme changes the colours that are read here
  useEffect(() => {
    const target = box.current;
    if (target === null) return;
    const plot = new UPlot(
      options(target, data, (from, to) => zoom.current(from, to)),
      series(data),
      target,
    );
    const observer = new ResizeObserver(() => plot.setSize({ width: target.clientWidth, height: HEIGHT }));
    observer.observe(target);
    return () => {
      observer.disconnect();
      plot.destroy();
    };
  }, [data, scheme]);
  return <div ref={box} className={css.plot} role="img" aria-label={label} data-testid="histogram" />;
}

function series(data: Data): UPlot.AlignedData {
  // A bar stands in the middle of its bucket; uPlot counts in seconds.
  const xs = data.buckets.map((_, index) => (data.from + (index + 0.5) * data.width) / 1000);
  return [xs, data.buckets];
}

function options(target: HTMLElement, data: Data, zoom: (from: number, to: number) => void): UPlot.Options {
  const style = getComputedStyle(target);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const font = `11px ${colour('--sans')}`;
  const first = data.from / 1000;
  const last = (data.from + data.buckets.length * data.width) / 1000;
  const clock = new Intl.DateTimeFormat(localeOf(language), { hour: '2-digit', minute: '2-digit' });
  const seconds = new Intl.DateTimeFormat(localeOf(language), {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  const day = new Intl.DateTimeFormat(localeOf(language), { day: 'numeric', month: 'short' });
  const axis = {
    font,
    stroke: colour('--ink-3'),
    ticks: { show: false },
    grid: { stroke: colour('--line'), width: 1 },
  };
  return {
    width: target.clientWidth,
    height: HEIGHT,
    padding: [6, 16, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { show: false }, drag: { x: true, y: false, setScale: false } },
    scales: {
      x: { time: true, range: [first, last] },
      y: { range: (_plot, _low, high) => [0, Math.max(1, high)] },
    },
    axes: [
      {
        ...axis,
        size: 22,
        grid: { show: false },
        values: (_plot, splits, _axis, _space, step) =>
          splits.map((at) => {
            const ms = at * 1000;
            const midnight = clock.format(ms) === '00:00';
            return (step >= 86_400 || midnight ? day : step < 60 ? seconds : clock).format(ms);
          }),
      },
      {
        ...axis,
        size: 46,
        values: (_plot, splits) => splits.map((count) => (Number.isInteger(count) ? compact(count) : '')),
      },
    ],
    series: [
      {},
      {
        fill: colour('--accent'),
        ...(UPlot.paths.bars === undefined
          ? {}
          : { paths: UPlot.paths.bars({ size: [0.82, 60], align: 0 }) }),
        points: { show: false },
      },
    ],
    hooks: {
      setSelect: [
        (plot) => {
          if (plot.select.width < 3) return;
          zoom(
            plot.posToVal(plot.select.left, 'x') * 1000,
            plot.posToVal(plot.select.left + plot.select.width, 'x') * 1000,
          );
        },
      ],
    },
  };
}
