/// The report's style sheet: no fonts, images or scripts from anywhere.
enum ReportStyle {
  /// The series colours start from Okabe and Ito's colour-blind-safe set, darkened or lightened
  /// until each stands out from the page by at least 3 to 1, as lines and marks must.
  static let css = """
    :root {
      color-scheme: light dark;
      --page: #f5f6f8; --card: #ffffff; --text: #1a1d23; --quiet: #565f6e; --line: #dfe3e9;
      --grid: #e7eaef; --accent: #00558f;
      --s0: #0068ab; --s1: #c84f00; --s2: #00805c; --s3: #b0468a; --s4: #8b6a00; --s5: #1f8aa8;
      --s6: #6a4fc0; --s7: #4c5564;
    }
    @media (prefers-color-scheme: dark) {
      :root {
        --page: #12151a; --card: #1b1f26; --text: #e8ebf0; --quiet: #a6afbd; --line: #323945;
        --grid: #2a303a; --accent: #7cc0f5;
        --s0: #5db4f5; --s1: #ff8f4d; --s2: #3fcf9f; --s3: #ee93cc; --s4: #e8c547; --s5: #7fdcef;
        --s6: #b3a1ff; --s7: #c3cad6;
      }
    }
    * { box-sizing: border-box; }
    html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
    body {
      margin: 0; background: var(--page); color: var(--text);
      font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", sans-serif;
    }
    main { max-width: 1120px; margin: 0 auto; padding: 28px 16px 56px; }
    h1, h2, h3, p, dl, dd, ul, figure { margin: 0; }
    h1 { font-size: clamp(1.6rem, 5vw, 2.3rem); line-height: 1.15; letter-spacing: -0.02em;
      overflow-wrap: anywhere; }
    h2 { font-size: 1.25rem; letter-spacing: -0.01em; margin: 44px 0 14px; }
    h3 { font-size: 1rem; }
    .eyebrow { color: var(--accent); font-weight: 600; font-size: .875rem; margin-bottom: 6px; }
    .quiet { color: var(--quiet); font-size: .9375rem; }
    .facts { margin-top: 6px; }
    .facts span { display: inline-block; }
    .facts span:not(:last-child)::after { content: " ·"; color: var(--quiet); }
    .card, .chart { background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
    .below { margin-top: 14px; }
    .cards { display: grid; gap: 14px; margin-top: 26px;
      grid-template-columns: repeat(auto-fit, minmax(min(260px, 100%), 1fr)); }
    .card { padding: 16px 18px 14px; }
    .card h3 { color: var(--quiet); font-weight: 600; font-size: .9375rem; }
    .big { font-size: 1.75rem; font-weight: 700; letter-spacing: -0.02em; line-height: 1.2;
      margin-top: 6px; font-variant-numeric: tabular-nums; }
    .big small { font-size: .9375rem; font-weight: 500; letter-spacing: 0; color: var(--quiet); }
    .by { display: flex; align-items: center; gap: 8px; font-weight: 600; margin-top: 2px;
      overflow-wrap: anywhere; }
    .second { border-top: 1px solid var(--line); margin-top: 12px; padding-top: 10px; }
    .charts { display: grid; gap: 14px; grid-template-columns: repeat(2, minmax(0, 1fr));
      align-items: start; }
    .stack { display: grid; gap: 14px; }
    @media (max-width: 760px) {
      .charts { grid-template-columns: minmax(0, 1fr); }
    }
    .chart { padding: 16px 16px 14px; container-type: inline-size; }
    .chart figcaption p { color: var(--quiet); font-size: .875rem; margin: 2px 0 10px; }
    .chart > svg { display: block; width: 100%; height: auto; overflow: visible; }
    svg text { font-size: 12px; fill: var(--quiet); font-variant-numeric: tabular-nums; }
    svg .value, svg .name { fill: var(--text); }
    @container (min-width: 430px) { svg text { font-size: 9.5px; } }
    .c0 { --c: var(--s0); } .c1 { --c: var(--s1); } .c2 { --c: var(--s2); }
    .c3 { --c: var(--s3); } .c4 { --c: var(--s4); } .c5 { --c: var(--s5); }
    .c6 { --c: var(--s6); } .c7 { --c: var(--s7); }
    .grid { stroke: var(--grid); stroke-width: 1; vector-effect: non-scaling-stroke; }
    .line { fill: none; stroke: var(--c); stroke-width: 2; stroke-linejoin: round;
      stroke-linecap: round; vector-effect: non-scaling-stroke; }
    .level { stroke: var(--quiet); stroke-width: 1.5; stroke-dasharray: 4 3;
      vector-effect: non-scaling-stroke; }
    .mark { fill: var(--c); stroke: var(--card); stroke-width: 1; }
    .hit { fill: transparent; }
    .dense .mark { visibility: hidden; }
    .dense g:hover .mark { visibility: visible; }
    .pale .line { stroke-opacity: .4; stroke-width: 1; }
    .pale .mark { fill-opacity: .4; }
    .bar { fill: var(--c); }
    .series g:hover .mark { stroke: var(--text); }
    .legend { display: flex; flex-wrap: wrap; gap: 4px 16px; padding: 0; list-style: none;
      font-size: .875rem; margin-top: 8px; }
    .legend li { display: flex; align-items: center; gap: 6px; overflow-wrap: anywhere; }
    .key { flex: none; overflow: visible; }
    .scroll { overflow-x: auto; background: var(--card); border: 1px solid var(--line);
      border-radius: 10px; }
    .scroll:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
    table { border-collapse: collapse; width: 100%; font-size: .9375rem;
      font-variant-numeric: tabular-nums; }
    caption { text-align: left; padding: 12px 14px 4px; color: var(--quiet);
      font-size: .875rem; }
    th, td { padding: 7px 14px; text-align: right; white-space: nowrap; }
    thead th { color: var(--quiet); font-weight: 600; font-size: .8125rem; vertical-align: bottom;
      border-bottom: 1px solid var(--line); }
    th:first-child { text-align: left; position: sticky; left: 0; background: var(--card); }
    .left { text-align: left; }
    tbody + tbody { border-top: 1px solid var(--line); }
    tbody th { font-weight: 600; }
    .wide { white-space: normal; min-width: 240px; font-size: .8125rem; color: var(--quiet);
      overflow-wrap: anywhere; text-align: left; }
    dl { display: grid; gap: 10px 28px; grid-template-columns: minmax(8em, max-content) 1fr; }
    dt { font-weight: 600; }
    dd { max-width: 46em; }
    @media (max-width: 600px) {
      dl { grid-template-columns: minmax(0, 1fr); gap: 2px; }
      dd { margin-bottom: 10px; }
      th, td { padding: 7px 10px; }
    }
    @media print { body { background: none; } .card, .chart, .scroll { break-inside: avoid; } }
    """
}
