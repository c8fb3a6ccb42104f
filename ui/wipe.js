// The position lives in the browser alone: dragging asks nothing of the server.
export default function ({ data, parentElement }) {
  const box = parentElement.querySelector(".wipe")
  const range = parentElement.querySelector("input")
  parentElement.querySelector(".before").src = data.before
  parentElement.querySelector(".after").src = data.after
  range.setAttribute("aria-label", "Uncover the distorted picture on the left, the reconstruction on the right")
  range.oninput = () => {
    box.style.setProperty("--at", `${range.value}%`)
    range.setAttribute("aria-valuetext", `${range.value} % distorted`)
  }
}
