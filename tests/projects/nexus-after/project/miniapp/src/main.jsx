import { useEffect, useState } from "react";
import { createRoot } from "react-dom/client";

const API = import.meta.env.VITE_API_URL ?? "";

function App() {
  const [members, setMembers] = useState([]);
  useEffect(() => {
    fetch(`${API}/members`)
      .then((response) => response.json())
      .then(setMembers)
      .catch(() => setMembers([]));
  }, []);
  return (
    <main>
      <h1>Nexus</h1>
      <ul>
        {members.map((member) => (
          <li key={member.id}>{member.name}</li>
        ))}
      </ul>
    </main>
  );
}

createRoot(document.getElementById("root")).render(<App />);
