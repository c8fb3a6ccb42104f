// The texts of dae_core/telling/texts, filled here with what the browser measures.

const number = (value, digits) => value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits })

/** A value written as Python's format string says, of the few kinds there are in the texts. */
export const write = (form, value) =>
  form.replace(/\{(?::([^}]*))?\}/, (_, how = "") => {
    const [, comma, digits, kind] = /^(,?)(?:\.(\d+))?([fdg%]?)$/.exec(how)
    if (kind === "%") return `${(100 * value).toFixed(digits ?? 0)}%`
    if (kind === "f") return comma ? number(value, Number(digits)) : value.toFixed(digits)
    return comma ? number(value, 0) : String(value)
  })

const SIGNS = { "<=": (a, b) => a <= b, ">=": (a, b) => a >= b, "<": (a, b) => a < b, ">": (a, b) => a > b, "=": (a, b) => a === b }

/** A text, in Markdown: of its parts those that hold. `text` has {forms, parts}, as the build writes them. */
export const say = (text, values = {}) => {
  const side = ([factor, name]) => (name ? factor * values[name] : factor)
  const said = []
  for (const { when, otherwise, text: words } of text.parts) {
    const holds = otherwise ? said.at(-1) === undefined : when.every(([left, sign, right]) => SIGNS[sign](side(left), side(right)))
    said.push(holds ? words.replace(/\{(\w+)\}/g, (_, name) => write(text.forms[name], values[name])) : undefined)
  }
  return said.filter((words) => words !== undefined).join(" ").replace(/(\d)%/g, "$1\u00a0%")
}

/** The elements of a text in Markdown: paragraphs, bold, and colours such as :green[...]. */
export const elements = (markdown) =>
  markdown.split("\n\n").map((paragraph) => {
    const made = document.createElement("p")
    for (const part of paragraph.split(/(:\w+\[[^\]]*\]|\*\*[^*]+\*\*)/)) {
      const [, colour, coloured] = /^:(\w+)\[(.*)\]$/.exec(part) ?? []
      const bold = /^\*\*(.*)\*\*$/.exec(coloured ?? part)
      const span = document.createElement(bold ? "strong" : "span")
      span.textContent = bold?.[1] ?? coloured ?? part
      if (colour) span.className = colour
      if (part) made.append(span)
    }
    return made
  })

/** The same without markup, for alternative texts. */
export const plain = (markdown) => elements(markdown).map((made) => made.textContent).join(" ")
