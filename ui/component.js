// What every widget's script begins with.

// Calls back when so many milliseconds have passed and no answer of the server is under way. Whoever asks for something
// by itself, or a second time, has to wait for that: together with it, the browser sends all controls as they are, and
// they would undo what the answer is about to set. Returns what calls it off.
const whenAnswered = (does, milliseconds) => {
  const look = () => {
    const app = document.querySelector("[data-testid=stApp]")
    if (app?.dataset.testScriptState === "notRunning") does()
    else timer = setTimeout(look, 50)
  }
  let timer = setTimeout(look, milliseconds)
  return () => clearTimeout(timer)
}

