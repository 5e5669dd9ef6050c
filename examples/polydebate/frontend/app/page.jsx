export default function Page() {
  return <main>Debates</main>;
}
