// What every widget's script begins with.

const LOST_AFTER = 3000 // Milliseconds after which no answer is expected any more.
const RESTS = 50 // Milliseconds without a word from the server, before what it has said is taken for all.

// Calls back when so many milliseconds have passed and no answer of the server is under way. Whoever asks for something
// by itself, or a second time, has to wait for that: together with it, the browser sends the page and all controls as it
// knows them, and they would undo what the answer is about to bring. Returns what calls it off.
const whenAnswered = (does, milliseconds) => {
  const look = () => {
    const now = performance.now()
    const { asked, heard } = window.talk
    const running = document.querySelector("[data-testid=stApp]")?.dataset.testScriptState !== "notRunning"
    const waits = heard < asked ? now - asked < LOST_AFTER : now - heard < RESTS
    if (running || waits) timer = setTimeout(look, RESTS)
    else does()
  }
  let timer = setTimeout(look, milliseconds)
  return () => clearTimeout(timer)
}

