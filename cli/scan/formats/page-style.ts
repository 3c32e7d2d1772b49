/** Style of the HTML report. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; --line: #8884; --critical: #a21caf; --high: #c81e3a; --medium: #b45309; --low: #1d6fd1; --informational: #667085; }
body { font: 14px/1.45 system-ui, sans-serif; margin: 0 auto; max-width: 1500px; padding: 1rem 1.5rem; }
h1 { margin: 0; font-size: 1.5rem; } h2 { font-size: 1.1rem; margin: 1.5rem 0 .5rem; } h3 { font-size: .85rem; margin: .5rem 0; }
button, input { font: inherit; } ul { padding-left: 1.2rem; }
.levels { display: flex; flex-wrap: wrap; gap: .5rem; padding: 0; list-style: none; }
.levels button, .matrix button { border: 1px solid var(--line); border-left: 5px solid currentColor; border-radius: 4px; background: none; padding: .3rem .6rem; cursor: pointer; text-align: left; }
[aria-pressed=true] { outline: 2px solid currentColor; }
.critical { color: var(--critical); fill: var(--critical); } .high { color: var(--high); fill: var(--high); } .medium { color: var(--medium); fill: var(--medium); } .low:not(.scroll) { color: var(--low); fill: var(--low); } .informational { color: var(--informational); fill: var(--informational); }
.timeline { width: 100%; height: 120px; border-bottom: 1px solid var(--line); }
.axis { display: flex; justify-content: space-between; margin: 0; opacity: .7; }
.matrix { display: flex; gap: .6rem; align-items: flex-start; } .matrix div { flex: 0 0 165px; } .matrix button { display: block; width: 100%; margin: .2rem 0; font-size: .8rem; } .matrix i { float: right; }
.scroll { overflow: auto; } .scroll.low { max-height: 340px; } .pair { display: flex; gap: 4rem; flex-wrap: wrap; }
table { border-collapse: collapse; } #detections { width: 100%; }
th { text-align: left; white-space: nowrap; position: sticky; top: 0; background: Canvas; } td, th { padding: .2rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
.number { text-align: right; font-variant-numeric: tabular-nums; } .tag { font-weight: 600; }
#detections tbody tr.row { cursor: pointer; } #detections tbody tr.row:hover, #detections tbody tr.row:focus { background: #8882; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; max-height: 480px; overflow: auto; margin: .3rem 0; font-size: .8rem; }
form { display: flex; gap: 1rem; align-items: center; margin: .5rem 0; flex-wrap: wrap; } #search { width: 22rem; max-width: 60vw; }
.link { background: none; border: 0; padding: 0; color: LinkText; cursor: pointer; text-align: left; overflow-wrap: anywhere; } .note, footer { opacity: .7; } footer { margin-top: 2rem; }
`;
