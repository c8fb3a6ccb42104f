// The window of the lesson says where it is, when it moves and when it is asked; the window of the notes goes there.
const QUESTION = "where?"

const lead = (parent, { where, label, address }) => {
  const link = parent.querySelector("a")
  Object.assign(link, { hidden: false, href: address, textContent: label })
  // A tab would open in front of the class; a window of its own can be drawn to the teacher's own screen.
  link.onclick = (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    window.open(link.href, link.target, "popup,width=560,height=760")
  }
  const tell = () => parent.channel.postMessage(where)
  parent.channel.onmessage = ({ data }) => data === QUESTION && tell()
  const place = JSON.stringify(where)
  if (parent.place !== place) tell()
  parent.place = place
}

const follow = (parent, setTriggerValue) => {
  parent.channel.onmessage = ({ data }) => data !== QUESTION && setTriggerValue("moved", data)
  if (!parent.asked) parent.channel.postMessage(QUESTION)
  parent.asked = true
}

export default function ({ data, parentElement, setTriggerValue }) {
  // This runs again after every rerun of the page, and only at the end is what it returned called.
  parentElement.channel ??= new BroadcastChannel("lesson")
  if (data.where) lead(parentElement, data)
  else follow(parentElement, setTriggerValue)
  return () => {
    parentElement.channel?.close()
    delete parentElement.channel
  }
}
