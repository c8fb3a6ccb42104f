// The position lives in the browser alone: dragging asks nothing of the server.
export default function ({ data, parentElement }) {
  const box = parentElement.querySelector(".wipe")
  const range = parentElement.querySelector("input")
  parentElement.querySelector(".before").src = data.before
  parentElement.querySelector(".after").src = data.after
  for (const side of ["left", "right"]) parentElement.querySelector(`.${side}`).textContent = data[side]
  range.setAttribute("aria-label", `Uncover ${data.left} on the left, ${data.right} on the right`)
  range.oninput = () => {
    box.style.setProperty("--at", `${range.value}%`)
    range.setAttribute("aria-valuetext", `${range.value} % ${data.left}`)
  }
}
