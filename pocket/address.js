// What is on screen stands in the address, in the words of the full lab: either edition shows the same for it.

const FLAGS = { true: true, 1: true, false: false, 0: false }

const READ = {
  flag: (text) => FLAGS[text.toLowerCase()],
  number: (text, { low, high, whole }) => {
    const value = text.trim() === "" ? NaN : Number(text)
    if (!Number.isFinite(value)) return undefined
    const near = Math.min(Math.max(value, low), high)
    return whole ? Math.trunc(near) : near
  },
  option: (text, { options }) => options.find((option) => option.toLowerCase() === text.toLowerCase()),
}

/** The value that a text stands for; undefined if for none. A parameter is {kind, default, ...}: a flag, a number
{low, high, whole}, the nearest between these, or an option {options}. */
export const value = (parameter, text) => READ[parameter.kind](text, parameter)

/** The values that an address asks for, by name; what it does not say, or says wrongly, is the default. */
export const read = (parameters) => {
  const asked = new URLSearchParams(location.search)
  const known = ([name, parameter]) => [name, (asked.has(name) ? value(parameter, asked.get(name)) : undefined) ?? parameter.default]
  return Object.fromEntries(Object.entries(parameters).map(known))
}

/** Puts values into the address, as far as it can say them and they are not the default. A Space shows this page in a
frame: there, the page around it takes them, too. */
export const show = (parameters, values) => {
  const said = Object.entries(values).filter(([name, one]) => {
    const { default: usual, options } = parameters[name]
    return one !== usual && (!options || options.includes(one))
  })
  const query = String(new URLSearchParams(said.map(([name, one]) => [name, String(one)])))
  history.replaceState(null, "", location.pathname + (query && `?${query}`) + location.hash)
  if (parent !== window) parent.postMessage({ queryString: query }, "*")
}
