import { type ReactNode, useEffect, useEffectEvent, useRef } from "react";
import UPlot from "uplot";
import { type ChartKind, type ChartSeries, colourToken, isolated } from "./chart-series.ts";
import type { Sample } from "./sparkline-path.ts";
import "./time-plot.css";

interface TimePlotProps {
  readonly times: readonly number[];
  readonly series: readonly ChartSeries[];
  readonly format: (value: Sample) => string;
  readonly kind: ChartKind;
  /** The pointer is at the time of this index, or at none. */
  readonly onPoint: (index: number | undefined) => void;
  /** A part of the time was drawn over, or pressed: from and to, in milliseconds. Without, nothing can be. */
  readonly onSelect?: ((from: number, to: number) => void) | undefined;
}

/** The drawing of a `TimeChart`; it fills the box it is in. */
export function TimePlot({ times, series, format, kind, onPoint, onSelect }: TimePlotProps): ReactNode {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<UPlot>(undefined);
  const point = useEffectEvent(onPoint);
  const select = useEffectEvent((from: number, to: number) => onSelect?.(from, to));
  const canSelect = onSelect !== undefined;
  const show = useEffectEvent(format);
  const shape = JSON.stringify([kind, series.map((each, index) => [each.name, colourToken(each, index)])]);
  const dataOf = useEffectEvent((): UPlot.AlignedData => toData(times, series));

  useEffect(() => {
    const element = box.current;
    if (element === null) return;
    const [drawnKind, lines] = JSON.parse(shape) as [TimePlotProps["kind"], [string, string][]];
    const { clientWidth: width, clientHeight: height } = element;
    const look = {
      ...{ kind: drawnKind, lines, show: (value: Sample) => show(value) },
      ...(canSelect && { select: (from: number, to: number) => select(from, to) }),
    };
    const made = new UPlot({ ...optionsFor(element, look, (index) => point(index)), width, height }, dataOf(), element);
    plot.current = made;
    const observer = new ResizeObserver(() => {
      made.setSize({ width: element.clientWidth, height: element.clientHeight });
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      made.destroy();
      plot.current = undefined;
    };
  }, [shape, canSelect]);

  useEffect(() => plot.current?.setData(toData(times, series)), [times, series]);

  return <div ref={box} style={{ height: "100%" }} />;
}

/** Half a call is never made. */
const WHOLE_STEPS = Array.from({ length: 13 }, (_, power) => [1, 2, 5].map((step) => step * 10 ** power)).flat();

function toData(times: readonly number[], series: readonly ChartSeries[]): UPlot.AlignedData {
  return [times.map((time) => time / 1000), ...series.map(({ values }) => [...values])];
}

interface Look {
  readonly kind: TimePlotProps["kind"];
  /** Name and token of the colour. */
  readonly lines: readonly (readonly [string, string])[];
  readonly show: (value: Sample) => string;
  readonly select?: (from: number, to: number) => void;
}

function optionsFor(
  element: HTMLElement,
  { kind, lines, show, select }: Look,
  point: (index: number | undefined) => void,
): Omit<UPlot.Options, "width" | "height"> {
  const style = getComputedStyle(element);
  const pixels = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 16;
  const text = resolveColour(element, "--text-faint");
  const axis = {
    stroke: text,
    font: `${11 * pixels}px ${style.fontFamily}`,
    grid: { stroke: resolveColour(element, "--border"), width: 1 },
    ticks: { show: false },
  };
  return {
    legend: { show: false },
    padding: [8, 8, 0, 0],
    cursor: { y: false, drag: { x: select !== undefined, y: false, setScale: false, dist: 4 }, points: { size: 6 } },
    scales: { x: { time: true }, y: { range: (_, __, max) => [0, max > 0 ? max * 1.1 : 1] } },
    axes: [
      { ...axis, grid: { show: false }, size: 24 * pixels, gap: 4, values: timeLabels, space: 56 * pixels },
      {
        ...{ ...axis, size: 56 * pixels, gap: 6, space: 36 },
        ...(kind === "bars" && { incrs: WHOLE_STEPS }),
        values: (_, splits) => splits.map((value) => show(value)),
      },
    ],
    series: [
      {},
      ...lines.map(([label, token]): UPlot.Series => {
        const stroke = resolveColour(element, token);
        const paths = kind === "bars" ? UPlot.paths.bars?.({ size: [0.7, 24] }) : undefined;
        return {
          label,
          stroke,
          width: 1.5,
          points: {
            ...{ show: kind === "line", size: 5 * pixels, fill: stroke },
            filter: (plot, index) => isolated([...(plot.data[index] ?? [])]),
          },
          fill: faded(stroke, kind),
          ...(paths && { paths }),
        };
      }),
    ],
    hooks: {
      setCursor: [({ cursor: { idx } }) => point(idx ?? undefined)],
      setSelect: [(plot) => selected(plot, select)],
    },
  };
}

const clock = new Intl.DateTimeFormat("en-GB", { timeStyle: "short" });
const clockWithSeconds = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });
const day = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short" });

/** As short as can be: seconds, minutes or days, by how far apart the labels are. Times in seconds. */
function timeLabels(_: UPlot, splits: readonly number[]): string[] {
  const [first = 0, second = first + 60] = splits;
  const step = second - first;
  const shown = step < 60 ? clockWithSeconds : step < 86_400 ? clock : day;
  return splits.map((seconds) => shown.format(seconds * 1000));
}

function selected(plot: UPlot, select: Look["select"]): void {
  const { left, width } = plot.select;
  if (width <= 0 || select === undefined) return;
  const [from, to] = [left, left + width].map((at) => plot.posToVal(at, "x") * 1000);
  plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  if (from !== undefined && to !== undefined) select(Math.floor(from), Math.ceil(to));
}

/** A canvas does not know tokens, nor which of two colours is meant. */
function resolveColour(element: HTMLElement, token: string): string {
  const before = element.style.color;
  element.style.color = `var(${token})`;
  const { color } = getComputedStyle(element);
  element.style.color = before;
  return color;
}

function faded(colour: string, kind: TimePlotProps["kind"]): string {
  return colour.replace("rgb(", "rgba(").replace(")", kind === "bars" ? ", 0.75)" : ", 0.08)");
}
