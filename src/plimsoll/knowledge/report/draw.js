// Draws every chart of the page with uPlot from the JSON beside it; redraws when the width or the color scheme changes.
(() => {
  "use strict";
  const charts = JSON.parse(document.getElementById("charts").textContent);
  const ink = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const palette = ["#0b6fa4", "#c2570c", "#2f8f4e", "#8a4fbf", "#c8324b", "#6b7280"];
  const fade = color => color + "2e";

  // Words on the plot stand clear of what is drawn below them.
  const write = (ctx, words, x, y) => {
    ctx.save();
    ctx.setLineDash([]);
    ctx.lineWidth = 4 * devicePixelRatio;
    ctx.lineJoin = "round";
    ctx.strokeStyle = ink("--paper");
    ctx.strokeText(words, x, y);
    ctx.restore();
    ctx.fillText(words, x, y);
  };

  // Marks are drawn over the plot: dashed lines, then their words, so that no line goes through a word.
  const marks = list => ({
    hooks: { draw: [u => {
      const { ctx, bbox } = u, ratio = devicePixelRatio;
      ctx.save();
      ctx.font = `${11 * ratio}px system-ui, sans-serif`;
      ctx.setLineDash([6 * ratio, 4 * ratio]);
      ctx.lineWidth = ratio;
      ctx.strokeStyle = ctx.fillStyle = ink("--warn");
      const inside = (mark, along) => mark.axis === "x"
        ? along >= bbox.left && along <= bbox.left + bbox.width : along >= bbox.top && along <= bbox.top + bbox.height;
      const seen = list.map((mark, index) => [mark, u.valToPos(mark.at, mark.axis, true), index])
        .filter(([mark, along]) => inside(mark, along));
      for (const [mark, along] of seen) {
        ctx.beginPath();
        if (mark.axis === "x") { ctx.moveTo(along, bbox.top); ctx.lineTo(along, bbox.top + bbox.height); }
        else { ctx.moveTo(bbox.left, along); ctx.lineTo(bbox.left + bbox.width, along); }
        ctx.stroke();
      }
      for (const [mark, along, index] of seen) {
        if (mark.axis === "x") {
          const wide = ctx.measureText(mark.label).width, left = along + wide + 8 * ratio > bbox.left + bbox.width;
          ctx.textAlign = left ? "right" : "left";
          write(ctx, mark.label, along + (left ? -4 : 4) * ratio, bbox.top + (12 + 14 * (index % 4)) * ratio);
        } else {
          ctx.textAlign = "left";
          write(ctx, mark.label, bbox.left + 4 * ratio, along - 7 * ratio);
        }
      }
      ctx.restore();
    }] },
  });

  // A label that must not be missed is printed across the picture itself.
  const stamp = text => ({
    hooks: { draw: [u => {
      const { ctx, bbox } = u;
      ctx.save();
      ctx.globalAlpha = 0.18;
      ctx.fillStyle = ink("--warn");
      ctx.font = `bold ${Math.min(bbox.width / (0.8 * text.length), bbox.height / 3)}px system-ui, sans-serif`;
      ctx.textAlign = "center"; ctx.textBaseline = "middle";
      ctx.fillText(text.toUpperCase(), bbox.left + bbox.width / 2, bbox.top + bbox.height / 2);
      ctx.restore();
    }] },
  });

  // Times are UTC and written as in ISO 8601: a date, or a clock time with the date where the day begins.
  const clock = (plot, splits, index, space, step) => splits.map(at => {
    const iso = new Date(at * 1000).toISOString();
    return step >= 86400 || iso.endsWith("T00:00:00.000Z") ? iso.slice(0, 10) : iso.slice(11, 16);
  });

  // Numbers are told as the tables tell them: shares in percent, bytes by 1024, four digits.
  const digits = value => (+value.toPrecision(4)).toLocaleString("en-US", { maximumSignificantDigits: 4 });
  const bytes = value => {
    const power = Math.min(5, Math.max(0, Math.floor(Math.log2(Math.abs(value) || 1) / 10)));
    return digits(value / 1024 ** power) + ["", "Ki", "Mi", "Gi", "Ti", "Pi"][power];
  };
  const told = { ratio: value => `${digits(100 * value)}%`, bytes };
  const titles = { ratio: "share" };
  const said = tell => (plot, value) => value == null ? "" : tell(value);
  const minute = at => new Date(at * 1000).toISOString().slice(0, 16).replace("T", " ");

  // Long numbers need room beside the axis: about 7 px a digit.
  const room = (plot, labels) => Math.max(50, 18 + 7 * Math.max(0, ...(labels ?? []).map(label => String(label ?? "").length)));

  const draw = (holder, chart) => {
    const tables = [], tell = told[chart.y_title] ?? digits, bands = [];
    const series = [{ label: chart.x_title, value: said(chart.x_is_time ? minute : digits) }];
    let color = 0;
    for (const line of chart.lines) {
      const points = line.drawing === "points", dashed = line.drawing === "dashed";
      // A dashed line goes on from the one before it, in its color.
      const stroke = palette[(dashed ? Math.max(0, color - 1) : color++) % palette.length];
      tables.push([line.x, line.y]);
      series.push({ label: line.name, value: said(tell), stroke, width: points ? 0 : 1.6, dash: dashed ? [6, 5] : undefined,
        paths: points ? () => null : line.drawing === "steps" ? uPlot.paths.stepped({ align: 1 }) : undefined,
        points: { show: points || line.x.length < 3, size: points ? 7 : 5, fill: stroke } });
    }
    for (const band of chart.bands) {
      const stroke = palette[Math.max(0, color - 1) % palette.length], first = series.length;
      tables.push([band.x, band.high], [band.x, band.low]);
      for (const edge of ["high", "low"])
        series.push({ label: `${band.name}, ${edge}`, value: said(tell), stroke: stroke + "66", width: 0.7, points: { show: false } });
      bands.push({ series: [first, first + 1], fill: fade(stroke) });
    }
    const yMarks = chart.marks.filter(mark => mark.axis === "y").map(mark => mark.at);
    // What was measured sets the height: a curve that shoots past it leaves the picture, and does not flatten it.
    const measured = chart.lines.filter(line => line.drawing === "points").flatMap(line => line.y.filter(y => y !== null));
    const roof = measured.length ? 2 * Math.max(...measured, ...yMarks) : 0;
    const axis = title => ({ label: title, stroke: ink("--soft"), grid: { stroke: ink("--line"), width: 1 },
      ticks: { stroke: ink("--line"), width: 1 }, labelSize: 22, font: "12px system-ui, sans-serif", labelFont: "12px system-ui, sans-serif" });
    const plot = new uPlot({
      width: Math.max(280, holder.clientWidth), height: holder.clientWidth < 500 ? 240 : 320,
      padding: [null, chart.x_is_time ? 36 : null, null, null], // half a date, where one stands at the edge
      tzDate: at => uPlot.tzDate(new Date(at * 1000), "UTC"),
      scales: { x: { time: chart.x_is_time }, y: { range: (u, low, high) => {
        const lows = [low, ...yMarks], highs = [high, ...yMarks];
        const from = Math.min(...lows), to = Math.min(Math.max(...highs), roof > 0 ? roof : Infinity), pad = (to - from || Math.abs(to) || 1) * 0.06;
        return [from >= 0 && from - pad < 0 ? 0 : from - pad, to + pad];
      } } },
      axes: [{ ...axis(chart.x_title), ...(chart.x_is_time ? { values: clock, space: 90 } : {}) }, { ...axis(titles[chart.y_title] ?? chart.y_title), size: room, values: (u, splits) => splits.map(tell),
        ...(tell === bytes ? { incrs: Array.from({ length: 60 }, (_, power) => 2 ** power) } : {}) }],
      series, bands, plugins: [marks(chart.marks), ...(chart.label ? [stamp(chart.label)] : [])],
      legend: { live: true },
    }, tables.length ? uPlot.join(tables) : [[]], holder);
    holder.classList.add("drawn");
    return plot;
  };

  const holders = [...document.querySelectorAll("[data-chart]")];
  const all = () => holders.forEach(holder => {
    holder.replaceChildren();
    draw(holder, charts[holder.dataset.chart]);
  });
  let width = innerWidth;
  addEventListener("resize", () => { if (innerWidth !== width) { width = innerWidth; all(); } });
  addEventListener("beforeprint", all);
  addEventListener("afterprint", all);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", all);
  all();
})();
