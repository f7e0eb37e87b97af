// The line that tells what waits for Slack: only there while something waits, or while Slack is made to misbehave.

const place = document.getElementById("backlog");
const EVERY_MS = 1500;

function words({ waiting, faults }) {
  const wrong = faults.map((one) => `${one.method === "*" ? "every method" : one.method} answers ${one.kind}`);
  const trouble = wrong.length ? `Slack misbehaves: ${wrong.join(", ")}. ` : "";
  if (!waiting) return trouble && `${trouble}No message waits.`;
  const many = waiting === 1 ? "1 message waits" : `${waiting} messages wait`;
  return `${trouble}${many} for Slack${wrong.length ? "." : " and will come within a minute."}`;
}

const text = document.createElement("span");
const button = document.createElement("button");
button.type = "button";
button.textContent = "Let Slack work again";
button.addEventListener("click", async () => {
  await fetch("/_/faults", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ clear: true }),
  });
  await look();
});

async function look() {
  const answer = await fetch("/_/backlog").catch(() => null);
  if (!answer?.ok) return answer?.status !== 404;
  const told = await answer.json();
  const said = words(told);
  if (text.textContent !== said) text.textContent = said;
  button.hidden = !told.faults.length;
  place.hidden = !said;
  return true;
}

if (place) {
  place.append(text, " ", button);
  const again = async () => {
    if (document.hidden || (await look())) setTimeout(again, EVERY_MS);
  };
  again();
}
